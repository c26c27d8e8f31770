"""What has passed with the same content is not run again: ``build/check.json``."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from grader.course import Course, Exercise

HOME = Path(__file__).resolve().parent.parent.parent
# These start, word or show; none of them has a say in a verdict. Whatever is new counts.
_NO_SAY = (
    *(
        "authors",
        "reading",
        "__main__.py",
        "environment.py",
        "cli.py",
        "terminal.py",
        "feedback.py",
    ),
    *("hints.py", "lesson.py", "repro.py", "edition.py", "bench.py", "memory.py"),
)


class Store:
    """How often every case was right with its present content.

    Args:
        course: whose ``build`` folder keeps it.
    """

    def __init__(self, course: Course) -> None:
        self._path = course.folder / "build" / "check.json"
        self._new: dict[str, dict[str, Any]] = {}
        self._known = self._read()

    def passes(self, label: str, key: str) -> tuple[int, str]:
        """How often a case was right, and the note of its last run."""
        entry = self._known.get(_name(label), {})
        if entry.get("key") != key:
            return 0, ""
        return int(entry.get("passes", 0)), str(entry.get("note", ""))

    def keep(self, label: str, key: str, passes: int, note: str) -> None:
        """Keep that a case was right so often."""
        self._new[_name(label)] = {"key": key, "passes": passes, "note": note}

    def save(self) -> None:
        """Write the file, whole or not at all; another check may have written it meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        new.write_text(json.dumps(self._read() | self._new, indent=1), encoding="utf-8")
        new.replace(self._path)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return (
            {k: v for k, v in data.items() if isinstance(v, dict)} if isinstance(data, dict) else {}
        )


def _name(label: str) -> str:
    return f"{platform.python_version()} {label}"


def digest(*parts: object) -> str:
    """One digest of all parts: texts, bytes, or anything with a telling representation."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        total.update(b"%d " % len(data) + data)
    return total.hexdigest()


def of_files(paths: Iterable[Path], below: Path) -> str:
    """A digest of the names and contents of files."""
    found = sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts)
    return digest(*(x for path in found for x in (path.relative_to(below), path.read_bytes())))


@cache
def of_grader() -> str:
    """Everything of the grader that has a say in a verdict, its packages and the Python."""
    paths = [
        path
        for path in (HOME / "grader").rglob("*.py")
        if path.relative_to(HOME / "grader").parts[0] not in _NO_SAY
    ]
    return digest(of_files([*paths, HOME / "requirements.lock"], HOME), sys.version, sys.platform)


def of_exercise(course: Course, exercise: Exercise) -> str:
    """Everything of the course that has a say in the verdict on an exercise, solutions apart."""
    folder = course.folder / "exercises"
    given = [path for path in (folder / "given").rglob("*") if _is_shared(path)]
    own = [course.properties(exercise), folder / "given" / f"ex_{exercise.id}.py"]
    drivers = [folder / "drivers" / f"drive_{exercise.id}.py"]
    asked = (exercise.seconds, exercise.processes, exercise.functions, exercise.points)
    return digest(
        of_files([*given, *own, *drivers], course.folder), course.file_name(exercise), asked
    )


def _is_shared(path: Path) -> bool:
    """Whether a given file may matter to any exercise."""
    # __init__.py only gathers the names: a new exercise must not make all others run again.
    return not (path.parent.name == "given" and path.name.startswith(("ex_", "__init__")))


def of_programs() -> str:
    """What imports modules and runs lessons, and its Python."""
    own = [HOME / "grader" / "authors" / name for name in ("probe.py", "watch.py", "programs.py")]
    return digest(of_files(own, HOME), sys.version, sys.platform)


def of_reading() -> str:
    """What lessons import from us."""
    return of_files((HOME / "grader" / "reading").rglob("*.py"), HOME)
