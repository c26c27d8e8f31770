"""Every file is one that the manifest knows, and none is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.authors.refusal import Refusal, line_of, place
from grader.course import MANIFEST, Course, Exercise, Lesson
from grader.errors import WrongUse

FOLDERS = ("lessons", "exercises", "solutions", "tests/alternatives")
_ALWAYS = re.compile(
    r"lessons/(__init__\.py|claims\.json)|exercises/originals\.json"
    r"|exercises/(given|drivers|properties)/__init__\.py|.*/README\.md"
)
_OF_LESSON = re.compile(r"lessons/lesson_(\d\d)_\w+\.py")
_OF_EXERCISE = re.compile(
    r"exercises/ex_(\d\d_\d)_\w+\.py|exercises/properties/props_(\d\d_\d)_\w+\.py"
    r"|exercises/given/ex_(\d\d_\d)\.py|exercises/drivers/drive_(\d\d_\d)\.py"
    r"|solutions/ex_(\d\d_\d)_\w+\.py|solutions/misconceptions/ex_(\d\d_\d)/\w+\.py"
    r"|tests/alternatives/ex_(\d\d_\d)/\w+\.py"
)
_PROGRAM = re.compile(r"exercises/given/programs/([\w.]+)")


def reference(course: Course, exercise: Exercise) -> Path:
    """The reference solution of an exercise, whether it exists or not."""
    return course.folder / "solutions" / course.file_name(exercise)


def misconceptions(course: Course, exercise: Exercise) -> list[Path]:
    """The wrong solutions of an exercise, by name."""
    return sorted((course.folder / "solutions/misconceptions" / f"ex_{exercise.id}").glob("*.py"))


def alternatives(course: Course, exercise: Exercise) -> list[Path]:
    """Other right solutions of an exercise, by name."""
    return sorted((course.folder / "tests/alternatives" / f"ex_{exercise.id}").glob("*.py"))


def unknown(course: Course) -> Iterator[Refusal]:
    """Files that no part of the manifest accounts for."""
    programs = "".join(
        path.read_text(encoding="utf-8") for path in course.folder.glob("exercises/given/*.py")
    )
    for folder in FOLDERS:
        for path in sorted((course.folder / folder).rglob("*")):
            name = path.relative_to(course.folder)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
            if path.is_file() and not hidden and not _is_known(course, name.as_posix(), programs):
                yield Refusal(name.as_posix(), "an unknown file.", _todo(name.as_posix()))


def _is_known(course: Course, name: str, programs: str) -> bool:
    if _ALWAYS.fullmatch(name):
        return True
    if found := _OF_LESSON.fullmatch(name):
        return found[1] in {lesson.id for lesson in course.lessons}
    if found := _OF_EXERCISE.fullmatch(name):
        (exercise,) = filter(None, found.groups())
        return exercise in {each.id for each in course.exercises}
    found = _PROGRAM.fullmatch(name)
    return found is not None and f'"{found[1]}"' in programs


def _todo(name: str) -> str:
    if found := _OF_LESSON.fullmatch(name):
        return f'Add the lesson "{found[1]}" to {MANIFEST}, or remove the file.'
    if found := _OF_EXERCISE.fullmatch(name):
        (exercise,) = filter(None, found.groups())
        return f'Add the exercise "{exercise}" to {MANIFEST}, or remove the file.'
    return "Name it as its neighbours are named, or remove it."


def missing_lesson(course: Course, lesson: Lesson) -> Iterator[Refusal]:
    """A lesson of the manifest without its one file, or that cannot be run as a module."""
    package = course.folder / "lessons" / "__init__.py"
    if not package.is_file():
        where, says = place(course.folder, package), "it is missing: a lesson is run as a module."
        yield Refusal(where, says, "Make it, empty.", lesson.id)
    try:
        course.lesson_file(lesson.id)
    except WrongUse as error:
        yield _of_manifest(course, lesson.id, str(error))


def missing(course: Course, exercise: Exercise) -> Iterator[Refusal]:
    """Files that an exercise lacks, or that are not named like the others of it."""
    for find in (course.properties, course.stub):
        try:
            find(exercise)
        except WrongUse as error:
            yield _of_manifest(course, exercise.id, str(error))
            return
    name = course.file_name(exercise)
    places = [(course.stub(exercise), name), (reference(course, exercise), name)]
    for path, name in places:
        if path.name != name or not path.is_file():
            there = sorted(path.parent.glob(f"ex_{exercise.id}_*.py"))
            says = (
                f"it should be called {name}, like its properties." if there else "it is missing."
            )
            yield Refusal(
                place(course.folder, there[0] if there else path),
                says,
                f"Make {place(course.folder, path.with_name(name))}.",
                exercise.id,
            )


def _of_manifest(course: Course, name: str, says: str) -> Refusal:
    path = course.folder / MANIFEST
    line = line_of(path, rf'^id = "{name}"')
    return Refusal(place(course.folder, path, line), says, "Make it, or take it out here.", name)
