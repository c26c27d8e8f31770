"""The command line, started as the course's own start does it, from another folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader import verdict
from support.courses import CHECKOUT

_MAIN = "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))"
HURRIED = "from grader.system import linux; linux._ANSWER_WITHIN = 1.0; "
"""Code to start with: a supervisor that does not answer is not waited for so long."""
PATIENCE = 90  # seconds; nothing here needs them, a hang of the grader must end a test
_OURS = re.compile(r'^(Traceback|  File ".*[/\\](grader|tests)[/\\])', re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """What a command left: exit code, both outputs, and the record if one was asked for."""

    code: int
    out: str
    err: str
    json: Path

    @property
    def record(self) -> verdict.Record:
        """The record of a grading."""
        return verdict.from_json(self.json.read_bytes())

    def result(self, exercise: str) -> verdict.ExerciseResult:
        """What was found of one exercise."""
        return next(each for each in self.record.exercises if each.id == exercise)


def environment(**more: str) -> dict[str, str]:
    """The environment of a person who has set nothing, with some additions."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**mine, "PYTHONPATH": str(CHECKOUT), "NO_COLOR": "1", **more}


def words(course: Path, *argv: str, first: str = "") -> list[str]:
    """A command line of the grader, perhaps with some code to run first."""
    return [sys.executable, "-c", first + _MAIN, *argv, "--course", str(course)]


def start(course: Path, *argv: str, first: str = "", **environ: str) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, as a terminal would."""
    return subprocess.Popen(
        words(course, *argv, first=first),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=course.parent,
        env=environment(**environ),
        start_new_session=True,
    )


def end(
    process: subprocess.Popen[str], json: Path, *, ours: bool = False, patience: float = PATIENCE
) -> Ended:
    """Wait for a command and look at what it said.

    Args:
        process: the command.
        json: where its record would be.
        ours: whether a traceback of the grader is expected.
        patience: seconds after which it counts as hung.
    """
    with process:
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert ours or not _OURS.search(out + err), f"a traceback of ours:\n{out}\n{err}"
    return Ended(process.returncode, out, err, json)


def run(
    course: Path, *argv: str, ours: bool = False, patience: float = PATIENCE, **environ: str
) -> Ended:
    """Run one command to its end."""
    process = start(course, *argv, **environ)
    return end(process, course / "build/record.json", ours=ours, patience=patience)


def grade(course: Path, *argv: str, ours: bool = False, **environ: str) -> Ended:
    """Grade, with a record."""
    json = course / "build/record.json"
    json.parent.mkdir(exist_ok=True)
    ended = run(course, "grade", *argv, "--json", str(json), ours=ours, **environ)
    assert json.exists(), f"no record, but exit code {ended.code}:\n{ended.out}\n{ended.err}"
    return ended
