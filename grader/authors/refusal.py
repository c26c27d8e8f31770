"""One thing that is not right in a course."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Refusal:
    """Why a course is refused.

    Attributes:
        where: file and line, relative to the course, such as ``course.toml:12``.
        says: what is wrong there.
        todo: what mends it.
        scope: what to check again: an exercise, a lesson, or nothing for all.
    """

    where: str
    says: str
    todo: str
    scope: str = ""

    def lines(self, command: str) -> list[str]:
        """The words for the author.

        Args:
            command: how this person starts the grader, such as ``python -m grader``.
        """
        again = f"{command} check {self.scope}".rstrip()
        return [f"{self.where}: {self.says}", f"    {self.todo} Then: {again}"]


def place(course: Path, path: Path, line: int | None = None) -> str:
    """A file, and a line of it, as people read them."""
    name = path.relative_to(course).as_posix() if path.is_relative_to(course) else str(path)
    return f"{name}:{line}" if line else name


def line_of(path: Path, pattern: str, after: int = 0) -> int | None:
    """Number of the first line that a regular expression is found in.

    Args:
        path: the file; one that cannot be read has no such line.
        pattern: the expression.
        after: the line from which on to look.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for number, line in enumerate(lines, 1):
        if number > after and re.search(pattern, line):
            return number
    return None
