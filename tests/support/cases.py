"""Many files of students, graded by one command, each with the verdict that it must get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader import verdict
from grader.failure import Status
from support import command, courses


@dataclass(frozen=True)
class Case:
    """One file for the exercise ``tell``.

    Attributes:
        name: what is odd about it.
        source: its content; or a function that puts something at a path; None for no file.
        status: what the exercise must be called.
        words: stands in the reason, or in what was found first.
        seconds: limit, for a file that uses it up.
        points: what it gets, unless it has passed.
    """

    name: str
    source: str | bytes | Callable[[Path], None] | None
    status: Status
    words: str = ""
    seconds: float = 0.0
    points: float = 0.0


@dataclass(frozen=True)
class Graded:
    """All cases after their grading."""

    ended: command.Ended
    results: dict[str, verdict.ExerciseResult]
    before: dict[str, object]
    after: dict[str, object]


def grade(folder: Path, cases: list[Case], *argv: str, first: str = "") -> Graded:
    """Grade all cases with one command, as exercises of one course."""
    limits = {number: case.seconds for number, case in enumerate(cases, 1) if case.seconds}
    course = courses.of_many(folder, len(cases), limits)
    files = folder.parent / "files"
    files.mkdir()
    paths = [files / f"ex_01_{number}_tell.py" for number in range(1, len(cases) + 1)]
    for path, case in zip(paths, cases, strict=True):
        if callable(case.source):
            case.source(path)
        elif case.source is not None:
            path.write_bytes(
                case.source if isinstance(case.source, bytes) else case.source.encode()
            )
    names = [case.name for case in cases]
    before = dict(zip(names, map(_look, paths), strict=True))
    ended = command.grade(course.folder, "--from", str(files), *argv, first=first)
    after = dict(zip(names, map(_look, paths), strict=True))
    assert sorted(files.iterdir()) == sorted(path for path in paths if _look(path) is not None)
    results = dict(zip(names, ended.record.exercises, strict=True))
    return Graded(ended, results, before, after)


def said(result: verdict.ExerciseResult) -> str:
    """The reason of a result, or what its first finding says."""
    runs = [run for each in result.properties for run in each.runs]
    findings = [run.finding.says for run in runs if run.finding is not None]
    return " ".join([result.reason, *findings[:1]])


def _look(path: Path) -> object:
    """Everything that would tell whether a file was touched; None where there is none."""
    try:
        status = path.lstat()
    except OSError:
        return None
    content = path.read_bytes() if path.is_file() and status.st_size < 10**6 else b""
    return status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, content
