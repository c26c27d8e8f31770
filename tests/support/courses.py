"""Copies of the tiny course, to be filled with files and graded."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from grader import course as courses

TESTS = Path(__file__).resolve().parent.parent
CHECKOUT = TESTS.parent
TINY = TESTS / "tiny_course"

TELL, END = "ex_01_1_tell.py", "ex_01_2_end.py"
TELLS = (TINY / "solutions" / TELL).read_text()
ENDS = (TINY / "solutions" / END).read_text()

# For files that are right but for what a test adds.
SHORT_TELL = """
def tell(numbers, say):
    for number in numbers:
        say(number)
    return sum(numbers)
"""
SHORT_END = """
def end_each(ctx, target, numbers):
    children = [ctx.Process(target=target, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the tiny course.

    Attributes:
        folder: where it is.
    """

    folder: Path

    def put(self, source: str | bytes, name: str = TELL) -> Path:
        """Write a student's file."""
        path = self.folder / "exercises" / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    def limit(self, exercise: str, seconds: float) -> None:
        """Set the seconds of one exercise."""
        path = self.folder / courses.MANIFEST
        text = path.read_text(encoding="utf-8")
        pattern = rf'(id = "{exercise}"\n(?:.+\n)*?seconds = )\S+'
        text, count = re.subn(pattern, rf"\g<1>{seconds}", text)
        assert count == 1, f"no seconds of {exercise} in {path}"
        path.write_text(text, encoding="utf-8")


def copy(folder: Path) -> Copy:
    """A fresh copy of the tiny course."""
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("__pycache__", "build"))
    return Copy(folder)


def of_many(folder: Path, count: int, seconds: dict[int, float]) -> Copy:
    """A course of ``count`` exercises that all ask for the same as 01_1, called 01_1 to 01_N.

    Args:
        folder: where to make it.
        count: how many exercises.
        seconds: limits of some of them, by number.
    """
    made = copy(folder)
    manifest = (folder / courses.MANIFEST).read_text(encoding="utf-8")
    head, first, _ = manifest.split("[[lesson.exercise]]\n")
    parts = [head]
    exercises = folder / "exercises"
    properties = (exercises / "properties/props_01_1_tell.py").read_bytes()
    stub = (exercises / TELL).read_text(encoding="utf-8")
    for number in range(1, count + 1):
        part = first.replace('"01_1"', f'"01_{number}"')
        limit = seconds.get(number)
        parts.append(re.sub("seconds = 6", f"seconds = {limit}", part) if limit else part)
        (exercises / f"properties/props_01_{number}_tell.py").write_bytes(properties)
    (exercises / "properties/props_01_2_end.py").unlink()
    text = "[[lesson.exercise]]\n".join(parts)
    (folder / courses.MANIFEST).write_text(text, encoding="utf-8")
    stubs = {f"01_{number}": stub for number in range(1, count + 1)}
    (exercises / "originals.json").write_text(json.dumps(stubs), encoding="utf-8")
    return made
