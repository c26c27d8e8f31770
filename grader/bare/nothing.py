"""An object of the grader in a run without one."""

from __future__ import annotations


class Nothing:
    """Stands for any object of the grader: every method returns at once."""

    def __call__(self, *args: object) -> None:
        return None

    wait = now = sleep = __call__
