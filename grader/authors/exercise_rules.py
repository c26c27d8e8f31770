"""The parts of an exercise belong together: hints, properties, misconceptions, originals."""

from __future__ import annotations

import ast
import importlib.util
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import originals
from grader.authoring import Evidence, Misconception
from grader.authors import files
from grader.authors.refusal import Refusal, line_of, place
from grader.course import MANIFEST, Course, Exercise
from grader.errors import WrongUse

METHODS = ("fork", "spawn", "forkserver")
_PROPERTY = re.compile(r"test_(p\d+)_\w+")
_HEADER = re.compile(r"\S.*\n\n(?:.*\n)*?caught-by: (P\d+)\nmethods: ([a-z ]+)\s*")


class NotUsable(Exception):
    """The properties of an exercise cannot be imported; ``line`` is where, if that is known."""

    def __init__(self, says: str, line: int | None) -> None:
        super().__init__(says)
        self.line = line


@dataclass(frozen=True)
class Property:
    """One property, as its module has it."""

    id: str
    line: int
    words: str
    evidence: Evidence | None


@dataclass(frozen=True)
class Properties:
    """A module of properties.

    Attributes:
        path: where it is.
        properties: in order.
        misconceptions: those that it can tell.
        guards: what a property without a misconception guards.
        script: why the stub acts when it is imported; empty for all but such exercises.
    """

    path: Path
    properties: tuple[Property, ...]
    misconceptions: tuple[Misconception, ...]
    guards: dict[str, str]
    script: str

    def line(self, name: str) -> int | None:
        """Where a misconception stands."""
        return line_of(self.path, rf'^\s*name="{re.escape(name)}"')


@dataclass(frozen=True)
class Header:
    """What a wrong solution says of itself: the property that catches it, and where it can show."""

    caught_by: str
    methods: tuple[str, ...]


def load(path: Path) -> Properties:
    """Import a module of properties.

    Raises:
        NotUsable: it cannot be imported, or holds no list of misconceptions.
    """
    module = _import(path)
    found = getattr(module, "MISCONCEPTIONS", None)
    if not isinstance(found, list) or not all(isinstance(each, Misconception) for each in found):
        raise NotUsable("it has no list MISCONCEPTIONS.", None)
    guards = getattr(module, "GUARDS", {})
    if not isinstance(guards, dict) or not all(isinstance(each, str) for each in guards.values()):
        raise NotUsable('GUARDS is no dict such as {"P3": "why no mistake shows it"}.', None)
    tests = [(match[1].upper(), getattr(module, match[0])) for match in _tests(module)]
    properties = [_property(name, test) for name, test in tests]
    properties.sort(key=lambda each: int(each.id[1:]))
    script = str(getattr(module, "STUB_IS_A_SCRIPT", ""))
    return Properties(path, tuple(properties), tuple(found), guards, script)


def _import(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(path)]
        line = error.lineno if isinstance(error, SyntaxError) else next(reversed(lines), None)
        says = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise NotUsable(f"importing it raises {says}.", line) from None
    return module


def _tests(module: ModuleType) -> Iterator[re.Match[str]]:
    for name in vars(module):
        if match := _PROPERTY.fullmatch(name):
            yield match


def _property(name: str, test: Any) -> Property:
    handle = getattr(test, "hypothesis", None)
    inner = test if handle is None else handle.inner_test
    evidence = getattr(test, "evidence", None)
    words = " ".join((test.__doc__ or "").split())
    return Property(name, inner.__code__.co_firstlineno, words, evidence)


def header(path: Path) -> Header | None:
    """The header of a wrong solution; None where it has none of that form."""
    try:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    except (OSError, ValueError, SyntaxError):
        return None
    found = _HEADER.fullmatch(text)
    return Header(found[1], tuple(found[2].split())) if found else None


def check(course: Course, exercise: Exercise, module: Properties) -> Iterator[Refusal]:
    """Everything that is not right with one exercise before anything of it is run."""
    yield from _hints(course, exercise)
    yield from _original(course, exercise)
    yield from _properties(course, exercise, module)
    yield from _told(course, exercise, module)
    for path in files.misconceptions(course, exercise):
        yield from _wrong_solution(course, exercise, module, path)
    yield from _guards(course, exercise, module)


def _hints(course: Course, exercise: Exercise) -> Iterator[Refusal]:
    manifest = course.folder / MANIFEST
    start = line_of(manifest, rf'^id = "{exercise.id}"') or 0
    if not exercise.hints:
        yield Refusal(
            place(course.folder, manifest, start),
            f"exercise {exercise.id} has no hints.",
            'Add hints = [{ cell = "C036", text = "…" }], from mild to strong.',
            exercise.id,
        )
    for number, hint in enumerate(exercise.hints, 1):
        line = line_of(manifest, rf'cell = "{re.escape(hint.cell)}"', after=start)
        where = place(course.folder, manifest, line)
        if course.cell(hint.cell) is None:
            yield Refusal(
                where,
                f"hint {number} points to {hint.cell!r}, which no cell has as a tag.",
                "Name the tag of a cell of a lesson.",
                exercise.id,
            )
        if not hint.text.strip():
            yield Refusal(
                where, f"hint {number} is empty.", "Write what to think about.", exercise.id
            )


def _original(course: Course, exercise: Exercise) -> Iterator[Refusal]:
    try:
        kept = originals.original(course, exercise)
    except WrongUse:
        kept = ""
    stub = course.stub(exercise)
    if stub.read_text(encoding="utf-8") != kept:
        yield Refusal(
            place(course.folder, stub),
            "it is another text than exercises/originals.json keeps of it.",
            "If it is the stub: python -m grader originals. "
            f"If it is a solution: python -m grader reset {exercise.id}.",
            exercise.id,
        )


def _properties(course: Course, exercise: Exercise, module: Properties) -> Iterator[Refusal]:
    for number, each in enumerate(module.properties, 1):
        where = place(course.folder, module.path, each.line)
        if each.id != f"P{number}":
            says = f"{each.id} stands where P{number} should be."
            yield Refusal(where, says, "Number them from 1, without a gap.", exercise.id)
        if not each.words:
            says = f"{each.id} has no docstring."
            yield Refusal(where, says, "Write the line that the student reads.", exercise.id)
        if each.evidence is None:
            says = f"{each.id} does not declare its evidence."
            todo = 'Write @evidence("value"), "attested", or "observed" with its reason, above it.'
            yield Refusal(where, says, todo, exercise.id)
    if not module.properties:
        todo = "Write one: def test_p1_…(session, …)."
        yield Refusal(place(course.folder, module.path), "no properties.", todo, exercise.id)


def _told(course: Course, exercise: Exercise, module: Properties) -> Iterator[Refusal]:
    """Every misconception that a module tells has its wrong solution, and a cell that shows it."""
    solutions = {path.stem for path in files.misconceptions(course, exercise)}
    for each in module.misconceptions:
        where = place(course.folder, module.path, module.line(each.name))
        if each.name not in solutions:
            yield Refusal(
                where,
                f"the misconception {each.name} has no wrong solution that proves it.",
                f"Write solutions/misconceptions/ex_{exercise.id}/{each.name}.py.",
                exercise.id,
            )
        if course.cell(each.cell) is None:
            says = f"{each.name} points to {each.cell!r}, which no cell has as a tag."
            yield Refusal(where, says, "Name the tag of a cell of a lesson.", exercise.id)


def _wrong_solution(
    course: Course, exercise: Exercise, module: Properties, path: Path
) -> Iterator[Refusal]:
    where, known = place(course.folder, path, 1), [each.id for each in module.properties]
    if path.stem not in {each.name for each in module.misconceptions}:
        says = f"no misconception of {module.path.name} is called {path.stem}."
        todo = f'Add Misconception(name="{path.stem}", …) there, or remove the file.'
        yield Refusal(where, says, todo, exercise.id)
    head = header(path)
    if head is None:
        says = "its docstring does not end in the lines caught-by and methods."
        todo = f'Write them: "caught-by: P1", "methods: {_usual(exercise)}".'
        yield Refusal(where, says, todo, exercise.id)
        return
    if head.caught_by not in known:
        says = f"caught-by: {head.caught_by} is no property; there are {', '.join(known)}."
        yield Refusal(where, says, "Name the one that must catch it.", exercise.id)
    allowed = METHODS if exercise.processes else ("once",)
    if not head.methods or not set(head.methods) <= set(allowed):
        says = f"methods: {' '.join(head.methods)} is not of {' '.join(allowed)}."
        yield Refusal(where, says, f'Write "methods: {_usual(exercise)}".', exercise.id)


def _usual(exercise: Exercise) -> str:
    return " ".join(METHODS) if exercise.processes else "once"


def _guards(course: Course, exercise: Exercise, module: Properties) -> Iterator[Refusal]:
    heads = map(header, files.misconceptions(course, exercise))
    caught = {head.caught_by for head in heads if head is not None}
    for each in module.properties:
        if each.id not in caught and not module.guards.get(each.id, "").strip():
            yield Refusal(
                place(course.folder, module.path, each.line),
                f"{each.id} has neither a misconception nor a line that says what it guards.",
                f"Write a wrong solution that only {each.id} catches, or "
                f'GUARDS = {{"{each.id}": "why no plain mistake shows it"}}.',
                exercise.id,
            )
    line = line_of(module.path, r"^GUARDS\b")
    for name in module.guards:
        if name in caught or name not in {each.id for each in module.properties}:
            why = "has a misconception" if name in caught else "is no property"
            where = place(course.folder, module.path, line)
            yield Refusal(where, f"GUARDS names {name}, which {why}.", "Take it out.", exercise.id)
