"""A lesson cut into its cells, and each cell compiled so that it can be run by itself.

The ``# %%`` marks are found with `tokenize`, as comments: the same text in a string is no mark.
"""

from __future__ import annotations
import __future__

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from grader.errors import WrongUse

_MARK = re.compile(r'# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[("[^"]*"(, )?)*\]))?\s*')


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson.

    Attributes:
        number: its place, from 0.
        markdown: whether it is text.
        tags: as its mark has them.
        first: its first line in the file, that of its mark.
        last: its last line.
        source: as a notebook has it: no mark, no outer blank lines, and text without its ``#``.
    """

    number: int
    markdown: bool
    tags: tuple[str, ...]
    first: int
    last: int
    source: str


@dataclass(frozen=True)
class CutLesson:
    """A lesson's file, its text and its cells in order."""

    path: Path
    text: str
    cells: tuple[Cell, ...]


def cut(path: Path) -> CutLesson:
    """Read and cut a lesson.

    What stands before the first mark is a cell of code too, if it is more than blank lines.

    Raises:
        WrongUse: no UTF-8, no Python, a mark of another form, or code in a cell of text.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path.name} is not UTF-8: {error.reason}.") from None
    except (SyntaxError, tokenize.TokenError) as error:
        raise WrongUse(f"{path.name} is no Python: {error.args[0]}.") from None
    lines = text.splitlines()
    marks = [
        token.start[0]
        for token in tokens
        if token.type == tokenize.COMMENT
        and token.start[1] == 0
        and token.string.startswith("# %%")
    ]
    pieces: list[tuple[int, int]] = []
    if any(line.strip() for line in lines[: marks[0] - 1 if marks else None]):
        pieces.append((0, marks[0] - 1 if marks else len(lines)))
    pieces += zip(marks, [*(mark - 1 for mark in marks[1:]), len(lines)], strict=True)
    cells = [_cell(path, number, lines, *piece) for number, piece in enumerate(pieces)]
    return CutLesson(path, text, tuple(cells))


def _cell(path: Path, number: int, lines: list[str], mark: int, last: int) -> Cell:
    found = _MARK.fullmatch(lines[mark - 1] if mark else "# %%")
    if not found:
        raise WrongUse(f"{path.name}, line {mark}: the mark {lines[mark - 1]!r} cannot be read.")
    body = lines[mark:last]
    markdown = found["markdown"] is not None
    if markdown:
        for line_number, line in enumerate(body, mark + 1):
            if line.strip() and not line.startswith("#"):
                raise WrongUse(f"{path.name}, line {line_number}: code in a cell of text.")
        body = [line.removeprefix("#").removeprefix(" ") for line in body]
    tags = tuple(json.loads(found["tags"] or "[]"))
    return Cell(number, markdown, tags, max(mark, 1), last, "\n".join(_trimmed(body)))


def _trimmed(lines: list[str]) -> list[str]:
    """Without the blank lines before and after."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def compile_cells(lesson: CutLesson) -> list[tuple[int, CodeType]]:
    """Compile every cell of code, with the lesson's true file name and line numbers.

    A ``from __future__`` import holds for the cells after it too, as it does in a module.

    Returns:
        The number of each cell and its code.

    Raises:
        WrongUse: a mistake of syntax.
    """
    compiled: list[tuple[int, CodeType]] = []
    flags = 0
    try:
        body = ast.parse(lesson.text, str(lesson.path)).body
        for cell in lesson.cells:
            if cell.markdown:
                continue
            own = [node for node in body if cell.first <= _first_line(node) <= cell.last]
            flags |= _futures(own)
            code = compile(ast.Module(own, []), str(lesson.path), "exec", flags, dont_inherit=True)
            compiled.append((cell.number, code))
    except SyntaxError as error:
        raise WrongUse(f"{lesson.path.name}, line {error.lineno}: {error.msg}.") from None
    return compiled


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _futures(body: list[ast.stmt]) -> int:
    flags = 0
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for name in node.names:
                flags |= getattr(__future__, name.name).compiler_flag
    return flags
