"""Given for exercise 06_2: small programs to put into a pipeline; CAT is that of exercise 05_1.

A program is the beginning of a command, a list: put its arguments behind it.
"""

import sys
from pathlib import Path

__all__ = ["CAT_THEN", "HEAD", "UPPER", "YES"]


def _program(name: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(Path(__file__).parent / "programs" / name)]


UPPER = _program("upper.py")
"""Copies its standard input to its standard output, the letters a to z as A to Z."""

HEAD = _program("head.py")
"""``[*HEAD, n]`` copies the first n bytes of its input, and ends without reading the rest."""

CAT_THEN = _program("cat_then.py")
"""``[*CAT_THEN, code]`` copies its input, and ends with that exit code, -N by signal N."""

YES = _program("yes.py")
"""``[*YES, word]`` writes lines with the word for ever and reads nothing.

When nobody can read them any more it ends, by the signal SIGPIPE.
"""
