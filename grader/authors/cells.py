"""A lesson cut into its cells, with what rules look at besides: its comments and its syntax."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from grader.errors import WrongUse
from grader.reading import cells as reading
from grader.reading.cells import Cell

__all__ = ["Cell", "CutLesson", "Unreadable", "cut"]


class Unreadable(Exception):
    """A lesson that cannot be cut; ``line`` is where."""

    def __init__(self, says: str, line: int) -> None:
        super().__init__(says)
        self.line = line


@dataclass(frozen=True)
class CutLesson:
    """A lesson's file.

    Attributes:
        path: where it is.
        id: two digits.
        lines: its text.
        cells: in order.
        comments: by line.
        tree: its syntax.
    """

    path: Path
    id: str
    lines: tuple[str, ...]
    cells: tuple[Cell, ...]
    comments: dict[int, str]
    tree: ast.Module

    def text(self, cell: Cell) -> list[str]:
        """The lines of a cell, without its mark."""
        return list(self.lines[cell.first : cell.last])


def cut(path: Path, lesson: str) -> CutLesson:
    """Read and cut one lesson.

    Args:
        path: its file.
        lesson: its id.

    Raises:
        Unreadable: no UTF-8, no Python, or cells of another form.
    """
    try:
        found = reading.cut(path)
        tree = ast.parse(found.text, filename=str(path))
    except WrongUse as error:
        line = re.search(r"line (\d+)", str(error))
        raise Unreadable(str(error), int(line[1]) if line else 1) from None
    except SyntaxError as error:
        raise Unreadable(error.msg, error.lineno or 1) from None
    tokens = tokenize.generate_tokens(io.StringIO(found.text).readline)
    comments = {each.start[0]: each.string for each in tokens if each.type == tokenize.COMMENT}
    return CutLesson(path, lesson, tuple(found.text.splitlines()), found.cells, comments, tree)
