"""Whether two values are the same: by exact type at every level, floats by their representation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader.inside.kit.wire import Opaque, Raised


def same(left: object, right: object) -> bool:
    """Whether two decoded values are the same.

    ``1`` is not ``True`` and not ``1.0``, a list is not a tuple, ``nan`` is ``nan`` and ``-0.0``
    is not ``0.0``. An `Opaque` is the same as nothing, itself included. Dicts and sets do not
    depend on order.
    """
    if isinstance(left, Opaque) or isinstance(right, Opaque) or type(left) is not type(right):
        return False
    return _same_content(left, right)


def _same_content(left: Any, right: Any) -> bool:
    """Compare two values of the same type."""
    if isinstance(left, (float, complex)):
        return repr(left) == repr(right)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return _same_items(left.items(), right.items())
    if isinstance(left, (set, frozenset)):
        return _same_items(((each, None) for each in left), ((each, None) for each in right))
    if isinstance(left, Raised):
        return left.type_name == right.type_name and same(left.args, right.args)
    return bool(left == right)


def _same_items(left: Iterable[tuple[Any, Any]], right: Iterable[tuple[Any, Any]]) -> bool:
    """Compare entries by key; keys that are equal but of other types (1, True) are told apart."""
    mine, others = list(left), {}
    for key, value in right:
        others[key] = (key, value)
    if len(mine) != len(others):
        return False
    return all(
        key in others and same(key, others[key][0]) and same(value, others[key][1])
        for key, value in mine
    )


def short(value: object, most: int = 300) -> str:
    """The value as a reader sees it: its ``repr``, cut in the middle with a mark."""
    text = repr(value)
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters cut … {text[-half:]}"
