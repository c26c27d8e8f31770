# expect: full marks
# kind: honest but odd
"""A module with its docstring, and annotations that are never looked at."""

from __future__ import annotations


def FUNCTION(*args: Nothing) -> Nowhere:
    return right(*args)
