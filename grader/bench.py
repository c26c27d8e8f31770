"""``make bench``: what grading costs, against the same calls without it.

Figures are medians of interleaved rounds; only ratios of one run are to be compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

from grader import terminal
from grader.course import Course
from grader.errors import GraderFault

_EXERCISE = "02_1"
_QUICK = "01_1"
_METHODS = ("fork", "spawn")
_GRADER = Path(__file__).resolve().parent
_BARE = (
    "import sys; sys.path.insert(0, sys.argv[1]); from bare import calls; calls.main(*sys.argv[2:])"
)
_HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """One finished command: seconds of CPU with all its children, of wall time, and its output."""

    cpu: float
    wall: float
    first_line: float
    output: bytes


@dataclass(frozen=True)
class Figure:
    """One measured figure, with what it should not exceed; None where there is no such bound."""

    name: str
    value: float
    unit: str
    at_most: float | None = None


def run(course: Course, rounds: int) -> int:
    """Measure, print a table, and write ``build/bench.json``.

    Returns:
        0 if every figure is within its bound, else 1.
    """
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        figures = _measure(course, max(rounds, 1), Path(folder))
    path = course.folder / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([vars(figure) for figure in figures], indent=1) + "\n")
    for figure in figures:
        bound = f"at most {figure.at_most:g}" if figure.at_most is not None else ""
        over = figure.at_most is not None and figure.value > figure.at_most
        mark = "  over" if over else ""
        terminal.say(f"  {figure.name:<58} {figure.value:>9.3f} {figure.unit:<7} {bound}{mark}")
    terminal.say(f"As JSON: {path.relative_to(course.folder).as_posix()}")
    bounded = [figure for figure in figures if figure.at_most is not None]
    return 0 if all(figure.value <= (figure.at_most or 0) for figure in bounded) else 1


def _measure(course: Course, rounds: int, folder: Path) -> list[Figure]:
    traces = {method: _trace(method, folder) for method in _METHODS}
    ratios: dict[str, list[float]] = {method: [] for method in _METHODS}
    imports, quick, first, exercises = [], [], [], []
    for number in range(rounds):
        terminal.say(f"Round {number + 1} of {rounds} …")
        for method in _METHODS:
            ratio, imported = _ratio(course, method, traces[method])
            ratios[method].append(ratio)
            imports.append(imported)
        base = _command([sys.executable, "-c", "import pytest, hypothesis"]).wall
        graded = _grade([_QUICK])
        quick.append(graded.wall / base)
        first.append(graded.first_line / base)
        exercises.append(_seconds(_grade(["--json", "-"])))
    figures = [
        Figure(
            f"CPU of grading {_EXERCISE} over the bare calls, fork",
            median(ratios["fork"]),
            "x",
            1.3,
        ),
        Figure(
            f"CPU of grading {_EXERCISE} over the bare calls, spawn",
            median(ratios["spawn"]),
            "x",
            1.1,
        ),
        Figure("CPU of the trusted side's imports, apart from that", median(imports), "s"),
        Figure(
            f"wall of grading {_QUICK} over importing pytest, hypothesis", median(quick), "x", 3.0
        ),
        Figure("the first line, over importing pytest and hypothesis", median(first), "x", 1.0),
    ]
    for name in exercises[0]:
        seconds = median(each[name] for each in exercises)
        figures.append(Figure(f"wall of exercise {name}, all start methods", seconds, "s", 15.0))
    return figures


def _ratio(course: Course, method: str, traces: Sequence[Path]) -> tuple[float, float]:
    """CPU of grading without its imports over the bare calls, and the CPU of the imports."""
    graded = _grade([_EXERCISE, "--start-method", method, "--json", "-"])
    cost = json.loads(graded.output)["cost"]
    reference = next((course.folder / "solutions").glob(f"ex_{_EXERCISE}_*.py"))
    bare = sum(
        _command(
            [
                *(
                    sys.executable,
                    "-I",
                    "-S",
                    "-c",
                    _BARE,
                    str(_GRADER),
                    str(reference),
                    str(trace),
                ),
                *(str(course.folder / "exercises"), str(_GRADER / "inside")),
            ]
        ).cpu
        for trace in traces
    )
    return (graded.cpu - cost["imports"]) / bare, cost["imports"]


def _trace(method: str, folder: Path) -> list[Path]:
    """The calls of each property, each in a file of its own."""
    path = folder / f"{method}.trace"
    _grade([_EXERCISE, "--start-method", method, "--json", "-", "--trace", str(path)])
    lines = [line for line in path.read_text("ascii").splitlines() if '"do": "call"' in line]
    parts: list[Path] = []
    for session, group in groupby(lines, key=lambda line: json.loads(line)["session"]):
        part = folder / f"{method}-{len(parts)}-{session}.trace"
        part.write_text("".join(f"{line}\n" for line in group), "ascii")
        parts.append(part)
    return parts


def _seconds(graded: Run) -> dict[str, float]:
    return {each["id"]: each["seconds"] for each in json.loads(graded.output)["exercises"]}


def _grade(arguments: list[str]) -> Run:
    command = [sys.executable, "-P", "-m", "grader", "grade", "--from", "solutions", *arguments]
    return _command(command, cwd=_HOME)


def _command(command: list[str], cwd: Path | None = None) -> Run:
    """Run a command and take the CPU of it and of all that it waited for.

    Raises:
        GraderFault: it fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(_HOME)}
    environment.pop("PYTHONUNBUFFERED", None)
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=cwd, env=environment
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    first_line = time.monotonic() - started
    output = first + process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        raise GraderFault(f"{' '.join(command)} ended with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - started, first_line, output)
