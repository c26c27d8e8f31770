"""A course: the manifest ``course.toml``, and everything else found by name.

Standard library only: hints and resets work before the environment is made.

=====================================================  ==========================================
``lessons/lesson_NN_*.py``                             what people read and run
``exercises/ex_NN_N_*.py``                             the student's files, stubs at first
``exercises/originals.json``                           every stub once more: `grader.originals`
``exercises/given/``                                   what a task may import
``exercises/properties/props_NN_N_*.py``               the property tests
``solutions/ex_NN_N_*.py``                             references; absent in the students' copy
``solutions/misconceptions/ex_NN_N/*.py``              wrong on purpose; likewise
=====================================================  ==========================================
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from grader.errors import WrongUse

MANIFEST = "course.toml"


@dataclass(frozen=True)
class Hint:
    """One step of help.

    Attributes:
        cell: tag of the lesson cell that shows it, such as ``C036``.
        text: what to think about; never the line of code.
    """

    cell: str
    text: str


@dataclass(frozen=True)
class Exercise:
    """One exercise, as the manifest has it.

    Attributes:
        id: what people type, such as ``02_1``.
        title: what it is about.
        stars: 1 to 3, how hard it is.
        points: shared among its properties by weight.
        seconds: limit of one property under one start method.
        processes: whether it starts any; if not, every property runs once.
        functions: what the student's file must define.
        hints: from mild to strong.
    """

    id: str
    title: str
    stars: int
    points: int
    seconds: float
    processes: bool
    functions: tuple[str, ...]
    hints: tuple[Hint, ...]

    @property
    def lesson(self) -> str:
        """Id of the lesson it belongs to."""
        return self.id.partition("_")[0]


@dataclass(frozen=True)
class Lesson:
    """One lesson: its id (two digits), its title, its exercises in order."""

    id: str
    title: str
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True)
class Course:
    """A folder with a manifest."""

    folder: Path
    title: str
    lessons: tuple[Lesson, ...]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises, in the order of the course."""
        return tuple(each for lesson in self.lessons for each in lesson.exercises)

    def select(self, wanted: Iterable[str]) -> list[Exercise]:
        """Exercises by id (``02_1``) or lesson (``02``), in the order of the course; all for none.

        Raises:
            WrongUse: no such exercise or lesson.
        """
        wanted = [_tidy(each) for each in wanted]
        for each in wanted:
            if not any(each in (exercise.id, exercise.lesson) for exercise in self.exercises):
                known = ", ".join(exercise.id for exercise in self.exercises)
                if any(lesson.id == each for lesson in self.lessons):
                    raise WrongUse(f"Lesson {each} has no exercises. Exercises: {known}.")
                raise WrongUse(f"There is no exercise {each!r}. Exercises: {known}.")
        return [
            exercise
            for exercise in self.exercises
            if not wanted or exercise.id in wanted or exercise.lesson in wanted
        ]

    def one(self, wanted: str) -> Exercise:
        """Exactly one exercise.

        Raises:
            WrongUse: none of that id, or a lesson with several.
        """
        found = self.select([wanted])
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise WrongUse(f"Lesson {wanted} has several exercises; say which one: {ids}.")
        return found[0]

    def stub(self, exercise: Exercise) -> Path:
        """The student's file."""
        return self._only("exercises", f"ex_{exercise.id}_*.py")

    def properties(self, exercise: Exercise) -> Path:
        """The property tests of an exercise."""
        return self._only("exercises/properties", f"props_{exercise.id}_*.py")

    def lesson_file(self, lesson: str) -> Path:
        """The module of a lesson."""
        return self._only("lessons", f"lesson_{lesson}_*.py")

    def _only(self, folder: str, pattern: str) -> Path:
        found = sorted((self.folder / folder).glob(pattern))
        if len(found) != 1:
            names = ", ".join(each.name for each in found) or "none"
            raise WrongUse(f"{folder}/ should hold exactly one {pattern}; it holds {names}.")
        return found[0]

    def file_name(self, exercise: Exercise) -> str:
        """How the file of an exercise is called, also where the student's own is missing."""
        name = self.properties(exercise).name
        return f"ex_{name.removeprefix('props_')}"

    def cell(self, tag: str) -> tuple[Path, int] | None:
        """File and line of the first lesson cell with a tag, or None."""
        for lesson in self.lessons:
            for path in sorted((self.folder / "lessons").glob(f"lesson_{lesson.id}_*.py")):
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if line.startswith("# %%") and re.search(rf'"{re.escape(tag)}"', line):
                        return path, number
        return None


def _tidy(wanted: str) -> str:
    """``ex_02_1_run_all.py``, ``ex_02_1`` and ``2_1`` all mean ``02_1``."""
    found = re.match(r"(?:.*/)?(?:ex_)?(\d{1,2})(?:_(\d+)|(?!_\d))(?![^_.])", wanted)
    if not found:
        return wanted
    lesson, number = found.groups()
    return f"{int(lesson):02d}" + (f"_{int(number)}" if number else "")


def load(folder: Path) -> Course:
    """Read a course's manifest.

    Args:
        folder: the folder that holds ``course.toml``.

    Raises:
        WrongUse: no manifest there, or one that is not of this form; says where.
    """
    path = folder / MANIFEST
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WrongUse(f"There is no course in {folder}: {MANIFEST} is missing.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUse(f"{path} cannot be read: {error}") from None
    lessons = tuple(_lesson(each) for each in _tables(data.get("lesson", []), "lesson"))
    ids = [each.id for lesson in lessons for each in lesson.exercises]
    if len(set(ids)) != len(ids):
        raise WrongUse(f"{path} has an exercise twice.")
    return Course(folder, str(data.get("title", folder.name)), lessons)


def _tables(data: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise WrongUse(f"{MANIFEST}: each {name} should be a table [[{name}]].")
    return data


def _lesson(data: dict[str, Any]) -> Lesson:
    where = f"{MANIFEST}: lesson {data.get('id')}"
    exercises = _tables(data.pop("exercise", []), "lesson.exercise")
    _check_keys(data, {"id": str, "title": str}, where)
    return Lesson(data["id"], data["title"], tuple(_exercise(each) for each in exercises))


def _exercise(data: dict[str, Any]) -> Exercise:
    where = f"{MANIFEST}: exercise {data.get('id')}"
    kinds = {
        "id": str,
        "title": str,
        "stars": int,
        "points": int,
        "seconds": (int, float),
        "processes": bool,
        "functions": list,
        "hints": list,
    }
    assert set(kinds) == {field.name for field in fields(Exercise)}
    _check_keys(data, kinds, where)
    if not all(isinstance(each, str) for each in data["functions"]):
        raise WrongUse(f"{where}: functions = {data['functions']!r} should be names.")
    hints = []
    for hint in data["hints"]:
        _check_keys(hint, {"cell": str, "text": str}, f"{where}: a hint")
        hints.append(Hint(**hint))
    return Exercise(**{**data, "functions": tuple(data["functions"]), "hints": tuple(hints)})


def _check_keys(data: Any, kinds: dict[str, Any], where: str) -> None:
    if not isinstance(data, dict):
        raise WrongUse(f"{where} should be a table.")
    for key in kinds.keys() - data.keys():
        raise WrongUse(f"{where} lacks {key!r}.")
    for key, value in data.items():
        if key not in kinds:
            raise WrongUse(f"{where} has an unknown key {key!r}; known: {', '.join(kinds)}.")
        # To isinstance, True is an int.
        if not isinstance(value, kinds[key]) or (type(value) is bool and kinds[key] is not bool):
            raise WrongUse(f"{where}: {key} = {value!r} is of the wrong type.")
