"""What is remembered in a course's ``build`` folder: last results, hints shown, saved files."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.course import Course, Exercise


def _folder(course: Course) -> Path:
    return course.folder / "build"


def keep_result(course: Course, exercise_id: str, data: dict[str, Any]) -> None:
    """Keep what ``repro`` needs of an exercise's last grading; a folder that cannot be written is
    no reason to fail."""
    with contextlib.suppress(OSError):
        _write(_folder(course) / "last" / f"{exercise_id}.json", json.dumps(data, indent=1))


def last_result(course: Course, exercise_id: str) -> dict[str, Any] | None:
    """What `keep_result` kept, None if there is nothing usable."""
    try:
        data = json.loads((_folder(course) / "last" / f"{exercise_id}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def hints_shown(course: Course) -> dict[str, int]:
    """How many hints of each exercise were asked for."""
    try:
        data = json.loads((_folder(course) / "hints.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    return {name: count for name, count in data.items() if isinstance(count, int) and count >= 0}


def remember_hints(course: Course, exercise: Exercise, count: int) -> None:
    """Remember how many hints of an exercise were shown."""
    shown = hints_shown(course) | {exercise.id: count}
    with contextlib.suppress(OSError):
        _write(_folder(course) / "hints.json", json.dumps(shown, indent=1))


def save_aside(course: Course, file: Path) -> Path:
    """Copy a student's file to ``build/saved`` under a name that tells when, and return that place.

    Raises:
        OSError: it cannot be saved; then the file must not be touched.
    """
    moment = f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    folder = _folder(course) / "saved"
    folder.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes()
    place, number = folder / f"{file.stem}_{moment}{file.suffix}", 1
    while True:
        # "x": of two commands at once the second must not write over what the first has saved.
        with contextlib.suppress(FileExistsError), place.open("xb") as target:
            target.write(content)
            return place
        number += 1
        place = folder / f"{file.stem}_{moment}_{number}{file.suffix}"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also with two at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text + "\n", encoding="utf-8")
    new.replace(path)
