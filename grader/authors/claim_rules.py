"""Every claim of the article has its cell and, where it needs one, its assertion.

A claim of kind api, rule or example, and every claim whose verdict is not "right", needs a code
cell with an ``assert`` or ``with expect(...)`` of its own: one whose line ends in ``# C036``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authors.cells import Cell, CutLesson
from grader.authors.refusal import Refusal, line_of, place
from grader.errors import WrongUse

MOST_CLAIMS = 4
"""Claims of one code cell; a cell tagged ``table`` may hold more."""
FILE = Path("lessons/claims.json")
_RUN_KINDS = ("api", "rule", "example")
_CLAIM = re.compile(r"\bC\d{3}\b")
_MARKED = re.compile(r"#\s*C\d{3}\b")
_ARTICLE = re.compile(r"#\s*#\s*the article's version\b")


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes:
        id: such as ``C036``.
        lesson: whose claim it is.
        kind: api, rule, example, concept or note.
        verdict: what became of it.
        says: the claim itself.
    """

    id: str
    lesson: str
    kind: str
    verdict: str
    says: str

    @property
    def is_run(self) -> bool:
        """Whether it needs an assertion."""
        return self.kind in _RUN_KINDS or self.verdict != "right"


@dataclass(frozen=True)
class Assertion:
    """An ``assert`` or ``with expect``, and the claims that its comment names."""

    line: int
    claims: tuple[str, ...]
    can_fail: bool


def load(course: Path) -> list[Claim]:
    """The claims of a course; none where it has no such file.

    Raises:
        WrongUse: the file is not of this form.
    """
    path = course / FILE
    if not path.exists():
        return []
    try:
        return [
            Claim(each["id"], each["lesson"], each["kind"], each["verdict"], each["en"])
            for each in json.loads(path.read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WrongUse(
            f"{path} cannot be read: {type(error).__name__}: {error}. "
            "It is a list of objects with id, lesson, kind, verdict and en."
        ) from None


def check(course: Path, lesson: CutLesson, claims: list[Claim]) -> Iterator[Refusal]:
    """Everything that is not right with the claims of one lesson."""
    if not claims:
        return
    by_id = {claim.id: claim for claim in claims}
    found = {cell.first: assertions(lesson, cell) for cell in lesson.cells if not cell.markdown}
    for cell in lesson.cells:
        for line, says, todo in _cell(lesson, cell, by_id, found.get(cell.first, [])):
            yield Refusal(place(course, lesson.path, line), says, todo, lesson.id)
    own = [claim for claim in claims if claim.lesson == lesson.id]
    for claim in own:
        yield from _claim(course, lesson, claim, found)
    if any(claim.kind == "example" for claim in own) and not any(map(_ARTICLE.match, lesson.lines)):
        yield Refusal(
            place(course, lesson.path),
            "it has an example of the article, and no block that is named as one.",
            "Quote it in a block of code that begins with `# the article's version`.",
            lesson.id,
        )


def _cell(
    lesson: CutLesson, cell: Cell, by_id: dict[str, Claim], found: list[Assertion]
) -> Iterator[tuple[int, str, str]]:
    tagged = [tag for tag in cell.tags if _CLAIM.fullmatch(tag)]
    for tag in tagged:
        claim = by_id.get(tag)
        if claim is None:
            yield cell.first, f"there is no claim {tag}.", f"See {FILE.as_posix()} for its id."
        elif claim.lesson != lesson.id:
            says = f"{tag} is a claim of lesson {claim.lesson}."
            yield cell.first, says, "Take the tag away, or give the claim to this lesson."
    if not cell.markdown and len(tagged) > MOST_CLAIMS and "table" not in cell.tags:
        says = f"the cell holds {len(tagged)} claims; at most {MOST_CLAIMS} are understood at once."
        yield cell.first, says, 'Cut it in two; a table of parameters gets the tag "table".'
    for assertion in found:
        for name in assertion.claims:
            if name not in tagged:
                says = f"this asserts {name}, but its cell has no such tag."
                yield assertion.line, says, f'Add "{name}" to the tags of line {cell.first}.'
        if assertion.claims and not assertion.can_fail:
            says = f"the assertion of {', '.join(assertion.claims)} cannot fail."
            yield assertion.line, says, "Assert something that the cell has found out."


def _claim(
    course: Path, lesson: CutLesson, claim: Claim, found: dict[int, list[Assertion]]
) -> Iterator[Refusal]:
    cells = [cell for cell in lesson.cells if claim.id in cell.tags]
    if not cells:
        yield Refusal(
            place(course, course / FILE, line_of(course / FILE, f'"{claim.id}"')),
            f"no cell of lesson {claim.lesson} has the tag {claim.id} ({claim.says})",
            f'Add tags=["{claim.id}"] to the cell of {place(course, lesson.path)} that teaches it.',
            lesson.id,
        )
        return
    marks = [
        each for cell in cells for each in found.get(cell.first, []) if claim.id in each.claims
    ]
    if not claim.is_run or any(each.claims == (claim.id,) for each in marks):
        return
    line = marks[0].line if marks else cells[0].first
    shared = " of its own: it shares one" if marks else ""
    yield Refusal(
        place(course, lesson.path, line),
        f"{claim.id} ({claim.kind}, {claim.verdict}) has no assertion{shared}.",
        f"Add an assert or expect for it to a code cell with its tag, ending in `# {claim.id}`.",
        lesson.id,
    )


def assertions(lesson: CutLesson, cell: Cell) -> list[Assertion]:
    """What a code cell asserts."""
    found = []
    for node in ast.walk(lesson.tree):
        if isinstance(node, ast.stmt) and cell.first < node.lineno <= cell.last:
            last = _last_line(node)
            if last is not None:
                marks = _marks(lesson, node.lineno, last)
                found.append(Assertion(node.lineno, marks, _can_fail(node)))
    return found


def _last_line(node: ast.stmt) -> int | None:
    """Where an assertion's own lines end; None for any other statement."""
    if isinstance(node, ast.Assert):
        return node.end_lineno
    if isinstance(node, ast.With) and any(_is_expect(each.context_expr) for each in node.items):
        return max(node.lineno, node.body[0].lineno - 1)
    return None


def _is_expect(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "expect"
    )


def _marks(lesson: CutLesson, first: int, last: int) -> tuple[str, ...]:
    comments = [lesson.comments.get(line, "") for line in range(first, last + 1)]
    names = [name for each in comments if _MARKED.match(each) for name in _CLAIM.findall(each)]
    return tuple(dict.fromkeys(names))


def _can_fail(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assert):
        return True
    depends = (ast.Name, ast.Call, ast.Attribute)
    return any(isinstance(each, depends) for each in ast.walk(node.test))
