"""Given for exercise 01_2: what a process can do."""

import sys
from typing import Protocol

__all__ = ["exit_with", "meet"]


class Place(Protocol):
    """A meeting point: `wait()` returns when all are there."""

    def wait(self) -> object: ...


def exit_with(code: int) -> None:
    """End this process with the exit code `code`."""
    sys.exit(code)


def meet(place: Place) -> None:
    """Come to the meeting point and wait there for all the others."""
    place.wait()
