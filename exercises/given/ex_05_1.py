"""Given for exercise 05_1: two exceptions, and four small programs to run.

A program is the beginning of a command, a list: put its arguments behind it.
"""

import sys
from pathlib import Path

__all__ = ["ARGV", "CAT", "ENDLESS", "FAIL", "ToolFailed", "ToolTimeout"]


class ToolFailed(Exception):
    """A program ended with another exit code than 0.

    Args:
        code: its exit code, -N if it was ended by signal N.
        stderr: what it wrote to its standard error.
    """

    def __init__(self, code: int, stderr: str) -> None:
        super().__init__(code, stderr)
        self.code = code
        self.stderr = stderr


class ToolTimeout(Exception):
    """A program had not ended when its time was up."""


def _program(name: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(Path(__file__).parent / "programs" / name)]


ARGV = _program("argv.py")
"""Prints its arguments as one JSON list, and a newline."""

CAT = _program("cat.py")
"""Copies its standard input to its standard output, piece by piece."""

FAIL = _program("fail.py")
"""``[*FAIL, code, out, err]`` writes `err` to stderr, `out` to stdout, and ends with that code."""

ENDLESS = _program("endless.py")
"""Says "here I am" on its standard output, reads nothing, and never ends by itself."""
