"""Given for exercise 02_1: small functions to run in child processes."""

import multiprocessing
import sys
from typing import Protocol

__all__ = ["exit_with", "fail", "leave", "meet", "report"]


class Place(Protocol):
    """A meeting point, for example a barrier: `wait()` returns when all are there."""

    def wait(self) -> object: ...


def meet(place: Place) -> None:
    """Come to the meeting point and wait there for all the others."""
    place.wait()


def exit_with(code: int) -> None:
    """End this process with the exit code `code`."""
    sys.exit(code)


def leave(place: Place, code: int) -> None:
    """Come to the meeting point, wait until it lets this process go, and end with an exit code."""
    place.wait()
    sys.exit(code)


def fail(text: str) -> None:
    """Raise an error that nobody catches."""
    raise RuntimeError(text)


def report(*args: str) -> None:
    """Print the name of this process and the arguments it got, in one line."""
    # One write for the whole line: print may write the line's end on its own,
    # and then the lines of two processes are torn into each other.
    sys.stdout.write(f"{multiprocessing.current_process().name} got {args!r}\n")
    sys.stdout.flush()
