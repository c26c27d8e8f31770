"""A lesson cut into its cells: the ``# %%`` marks are found with `tokenize`, as comments."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r'# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[("[^"]*"(, )?)*\]))?\s*')


class Unreadable(Exception):
    """A lesson that cannot be cut; ``line`` is where."""

    def __init__(self, says: str, line: int) -> None:
        super().__init__(says)
        self.line = line


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        markdown: whether it is text.
        tags: as its mark has them.
        first: line of its mark.
        last: its last line.
    """

    markdown: bool
    tags: tuple[str, ...]
    first: int
    last: int


@dataclass(frozen=True)
class CutLesson:
    """A lesson's file.

    Attributes:
        path: where it is.
        id: two digits.
        lines: its text.
        cells: in order; what stands before the first mark belongs to none.
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
        Unreadable: no UTF-8, no Python, or a mark of another form.
    """
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source, filename=str(path))
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 ({error.reason})", 1) from None
    except SyntaxError as error:
        raise Unreadable(f"{error.msg}", error.lineno or 1) from None
    comments = {each.start[0]: each for each in tokens if each.type == tokenize.COMMENT}
    marks = [line for line, each in comments.items() if _is_mark(each)]
    lines = tuple(source.splitlines())
    ends = [*(line - 1 for line in marks[1:]), len(lines)]
    cells = tuple(_cell(lines, first, last) for first, last in zip(marks, ends, strict=False))
    texts = {line: each.string for line, each in comments.items()}
    return CutLesson(path, lesson, lines, cells, texts, tree)


def _is_mark(token: tokenize.TokenInfo) -> bool:
    return token.start[1] == 0 and token.string.startswith("# %%")


def _cell(lines: tuple[str, ...], first: int, last: int) -> Cell:
    mark = _MARK.fullmatch(lines[first - 1])
    if not mark:
        raise Unreadable(f"the mark {lines[first - 1]!r} cannot be read", first)
    return Cell(mark["markdown"] is not None, tuple(json.loads(mark["tags"] or "[]")), first, last)
