"""What a lesson may hold, read from its text: nothing is run here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.authors.cells import Cell, CutLesson
from grader.authors.refusal import Refusal, place

MOST_WORDS = 1500
_MAGIC = re.compile(r"\s*#\s*(!|%[A-Za-z])")
_CALLS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)


def check(course: Path, lesson: CutLesson) -> Iterator[Refusal]:
    """Everything that is not right with one lesson, claims apart."""

    def refuse(line: int, says: str, todo: str) -> Refusal:
        return Refusal(place(course, lesson.path, line), says, todo, lesson.id)

    for line, says, todo in [
        *_top_level(lesson.tree.body),
        *_behind_guards(lesson.tree.body),
        *_marks(lesson),
        *_magics(lesson),
        *_length(lesson),
    ]:
        yield refuse(line, says, todo)


def is_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``, without an else."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and ast.unparse(node.test) == "__name__ == '__main__'"
    )


def _top_level(body: Iterable[ast.stmt]) -> Iterator[tuple[int, str, str]]:
    for node in body:
        if is_guard(node) or isinstance(node, _IMPORTS) or _is_text(node):
            continue
        if isinstance(node, _DEFINITIONS):
            yield from _definition(node)
        elif not isinstance(node, _ASSIGNMENTS):
            yield (
                node.lineno,
                f"{_name(node)} is run when the lesson is imported.",
                'Move it behind `if __name__ == "__main__":`.',
            )
        else:
            yield from _calls(node)


def _definition(node: ast.stmt) -> Iterator[tuple[int, str, str]]:
    """A class's body and a function's defaults are run when the lesson is imported."""
    if isinstance(node, ast.ClassDef):
        yield from _top_level(each for each in node.body if not isinstance(each, ast.Pass))
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *node.args.kw_defaults]
        for default in filter(None, defaults):
            yield from _calls(default)


def _calls(node: ast.stmt | ast.expr) -> Iterator[tuple[int, str, str]]:
    for each in _now(node):
        if isinstance(each, _CALLS):
            yield (
                each.lineno,
                f"`{ast.unparse(each)[:50]}` is called when the lesson is imported.",
                'Write the value itself, or move it behind `if __name__ == "__main__":`.',
            )


def _now(node: ast.AST) -> Iterator[ast.AST]:
    """What is evaluated with a node: not the body of a lambda."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Lambda):
            yield from _now(child)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(node: ast.stmt) -> str:
    return f"`{ast.unparse(node).splitlines()[0][:50]}`"


def _behind_guards(body: Iterable[ast.stmt]) -> Iterator[tuple[int, str, str]]:
    for guard in filter(is_guard, body):
        for node in ast.walk(guard):
            if isinstance(node, _DEFINITIONS):
                yield (
                    node.lineno,
                    f"{node.name} is defined behind a guard: a spawned child cannot find it.",
                    "Define it in a cell of its own, without a guard.",
                )


def _marks(lesson: CutLesson) -> Iterator[tuple[int, str, str]]:
    if not lesson.lines or not lesson.lines[0].startswith("# %%"):
        yield 1, "something stands before the first cell.", "Begin the file with a `# %%` mark."
    for cell in lesson.cells:
        if "raises-exception" in cell.tags:
            yield (
                cell.first,
                "the tag raises-exception breaks the plain run.",
                "Remove it and show the error with `with expect(SomeError):`.",
            )


def _magics(lesson: CutLesson) -> Iterator[tuple[int, str, str]]:
    for cell in lesson.cells:
        if cell.markdown:
            continue
        for line, text in enumerate(lesson.text(cell), cell.first + 1):
            if line in lesson.comments and _MAGIC.match(text):
                yield (
                    line,
                    f"a notebook takes {text.strip()!r} for a command.",
                    "Write that comment in other words.",
                )


def _length(lesson: CutLesson) -> Iterator[tuple[int, str, str]]:
    words = sum(count_words(lesson, cell) for cell in lesson.cells if cell.markdown)
    if words > MOST_WORDS:
        yield 1, f"it has {words} words of prose; at most {MOST_WORDS} are read.", "Cut it."


def count_words(lesson: CutLesson, cell: Cell) -> int:
    """Words of a text cell: blocks of code and rows of tables are no prose."""
    words, code = 0, False
    for line in lesson.text(cell):
        text = line.removeprefix("#").strip()
        if text.startswith("```"):
            code = not code
        elif not code and not text.startswith("|"):
            words += sum(any(map(str.isalnum, word)) for word in text.split())
    return words
