"""Cases that need no grading: importing a module, and running a lesson to its end."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.authors import remembered
from grader.authors.remembered import HOME
from grader.authors.runner import Ended, Outcome, Processes

_IMPORT_SECONDS = 30
_LESSON_SECONDS = 180
_MOST_NAMED = 3
_BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.{0} import main; "
_BOOT += "sys.exit(main(sys.argv[1:]))"


def start(module: str) -> list[str]:
    """The command of a program of this grader, in this very Python and without its start-up."""
    return [sys.executable, "-P", "-c", _BOOT.format(module), str(HOME)]


def environment(**more: str) -> dict[str, str]:
    """The variables of a user who has set none for Python."""
    left_out = ("PYTHONPATH", "PYTHONUNBUFFERED", "START")
    return {**{k: v for k, v in os.environ.items() if k not in left_out}, **more}


@dataclass(frozen=True)
class Import:
    """Importing a module: no output, nothing opened or started.

    Attributes:
        may_act: why this one may do something; empty for nearly all.
        paths: where it finds what it imports.
    """

    label: str
    where: str
    scope: str
    name: str
    file: Path
    paths: tuple[Path, ...]
    may_act: str = ""

    @property
    def todo(self) -> str:
        """What mends it."""
        return 'Move what runs behind `if __name__ == "__main__":`.'

    def key(self) -> str:
        """Digest of the file, and of what stands beside it."""
        given = [each for path in self.paths for each in (path / "given").glob("*.py")]
        files = remembered.of_files([self.file, *given], self.file.parent.parent)
        reading = remembered.of_reading() if HOME in self.paths else ""
        return remembered.digest(files, self.may_act, remembered.of_programs(), reading)

    def run(self, processes: Processes, scratch: Path) -> Outcome:
        """Import it once."""
        report, seen = scratch / "probe.json", scratch / "watch.json"
        probe = [*start("authors.probe"), str(report), self.name, str(self.file)]
        ended = _watched(
            processes,
            scratch,
            seen,
            [*probe, *map(str, self.paths)],
            cwd=scratch,
            env=environment(PYTHONDONTWRITEBYTECODE="1"),
            seconds=_IMPORT_SECONDS,
        )
        return Outcome(tuple(self._problems(_read(report), _read(seen), ended)))

    def _problems(self, report: dict[str, Any], seen: dict[str, Any], ended: Ended) -> list[str]:
        if not report:
            return [f"importing it did not end well: {_tail(ended.output) or 'no output'}."]
        if report["error"]:
            return [f"importing it raises {report['error']}."]
        if self.may_act:
            return []
        problems = [
            f"importing it does something: {what}." for what in report["acted"][:_MOST_NAMED]
        ]
        if ended.output:
            problems.append(f"importing it prints {_tail(ended.output)!r}.")
        if report["threads"]:
            problems.append("importing it leaves a thread running.")
        return problems + _left(seen, "importing it")


@dataclass(frozen=True)
class Lesson:
    """Running a lesson under one start method: it ends well and leaves no process."""

    label: str
    where: str
    scope: str
    file: Path
    method: str

    @property
    def todo(self) -> str:
        """What shows it again."""
        return f"See it with: START={self.method} python -m lessons.{self.file.stem}."

    def key(self) -> str:
        """Digest of the lesson."""
        content, programs = self.file.read_bytes(), remembered.of_programs()
        return remembered.digest(content, self.method, programs, remembered.of_reading())

    def run(self, processes: Processes, scratch: Path) -> Outcome:
        """Run it once."""
        seen, course = scratch / "watch.json", self.file.parent.parent
        path = {} if course == HOME else {"PYTHONPATH": str(HOME)}
        ended = _watched(
            processes,
            scratch,
            seen,
            [sys.executable, "-m", f"lessons.{self.file.stem}"],
            cwd=course,
            env=environment(START=self.method, **path),
            seconds=_LESSON_SECONDS,
        )
        return Outcome(tuple(self._problems(_read(seen), ended)))

    def _problems(self, seen: dict[str, Any], ended: Ended) -> list[str]:
        under = f"under {self.method} it"
        if not seen or seen["code"] is None:
            return [f"{under} did not end within {_LESSON_SECONDS} s: {_tail(ended.output)}"]
        problems = _left(seen, under)
        if seen["code"]:
            problems.append(f"{under} ended with exit code {seen['code']}: {_tail(ended.output)}")
        return problems


def _watched(
    processes: Processes,
    scratch: Path,
    report: Path,
    command: list[str],
    *,
    cwd: Path,
    env: dict[str, str],
    seconds: float,
) -> Ended:
    watch = [*start("authors.watch"), str(report), str(seconds), *command]
    # The watch keeps the time; the runner's own limit is for a watch that is stuck itself.
    return processes.run(watch, cwd=cwd, env=env, scratch=scratch, seconds=seconds + 30)


def _left(seen: dict[str, Any], who: str) -> list[str]:
    left = seen.get("left") or []
    return [f"{who} left a process running: {each[:100]}." for each in left[:_MOST_NAMED]]


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _tail(text: str) -> str:
    """The last line of an output."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
