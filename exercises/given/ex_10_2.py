"""Given for exercise 10_2: an exception to raise, and targets that put one result each.

In all of them `value_of` makes the result of a child from its index.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

__all__ = ["ChildDied", "big", "dies_at", "exits_with", "reverse_order", "slow_to_pickle"]


class ChildDied(Exception):
    """A child ended without an answer.

    Args:
        index: which one.
        exitcode: how it ended, as Process.exitcode says it.
    """

    def __init__(self, index: int, exitcode: int) -> None:
        super().__init__(index, exitcode)
        self.index = index
        self.exitcode = exitcode


class Box(Protocol):
    """Whatever takes the results: a queue, for example."""

    def put(self, obj: Any) -> None: ...


class Place(Protocol):
    """A meeting point: `wait()` returns when it is this child's turn."""

    def wait(self) -> object: ...


ValueOf = Callable[[int], object]


def big(value_of: ValueOf, queue: Box, index: int) -> None:
    """Put one result, which may be large."""
    queue.put((index, value_of(index)))


def reverse_order(places: Sequence[Place], value_of: ValueOf, queue: Box, index: int) -> None:
    """Wait at the own place, and put one result then; the last child has the first turn."""
    places[index].wait()
    queue.put((index, value_of(index)))


def dies_at(at: int, code: int, value_of: ValueOf, queue: Box, index: int) -> None:
    """Put one result; but child `at` ends with `code` before it does (-N: by signal N)."""
    value = value_of(index)
    if index == at:
        if code < 0:
            os.kill(os.getpid(), -code)
        sys.exit(code)
    queue.put((index, value))


def exits_with(codes: Sequence[int], value_of: ValueOf, queue: Box, index: int) -> None:
    """Put one result, and end with an exit code then."""
    queue.put((index, value_of(index)))
    sys.exit(codes[index])


def slow_to_pickle(
    wait: Callable[[int], object], value_of: ValueOf, queue: Box, index: int
) -> None:
    """Put one result, which takes its time to be pickled: as long as `wait(index)` does."""
    queue.put((index, _Slow(value_of(index), wait, index)))


class _Slow:
    """Arrives as its value."""

    def __init__(self, value: object, wait: Callable[[int], object], index: int) -> None:
        self._value = value
        self._wait = wait
        self._index = index

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        self._wait(self._index)
        return _itself, (self._value,)


def _itself(value: object) -> object:
    return value
