"""The stubs as the course made them: to know an untouched file, and to bring a stub back.

Students write into the stubs, so their text is kept once more, in ``exercises/originals.json``.
An author writes it anew with ``python -m grader originals``; a test fails when it is out of date.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from grader.course import Course, Exercise
from grader.errors import WrongUse

_FILE = Path("exercises/originals.json")


def original(course: Course, exercise: Exercise) -> str:
    """The stub of an exercise, as the course made it.

    Raises:
        WrongUse: the course does not have it.
    """
    try:
        text = json.loads((course.folder / _FILE).read_text(encoding="utf-8"))[exercise.id]
    except (OSError, ValueError, KeyError, TypeError):
        raise WrongUse(
            f"{_FILE} has no stub for exercise {exercise.id}. An author makes it with: "
            "python -m grader originals"
        ) from None
    return str(text)


def current(course: Course) -> str:
    """What the file should hold, when all files in ``exercises/`` are stubs."""
    texts = {each.id: course.stub(each).read_text(encoding="utf-8") for each in course.exercises}
    return json.dumps(texts, indent=1, ensure_ascii=False) + "\n"


def write(course: Course) -> Path:
    """Keep the files in ``exercises/`` as the originals."""
    path = course.folder / _FILE
    path.write_text(current(course), encoding="utf-8")
    return path


def is_untouched(source: bytes, stub: str) -> bool:
    """Whether a file is the stub, apart from comments and blank lines; compared as text."""
    return _essence(source.decode("utf-8-sig", "replace")) == _essence(stub)


def _essence(text: str) -> list[str]:
    lines = (re.sub(r"(^|\s)#.*", "", line).rstrip() for line in text.splitlines())
    return [line for line in lines if line]
