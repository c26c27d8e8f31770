"""What grading costs: every figure is there, and the calls without a grader are the same calls."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import checkouts, command, leaks
from support.courses import CHECKOUT, END, TELL, Copy

from grader import bench, verdict
from grader import course as courses
from grader.errors import GraderFault

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.skipif(sys.platform == "win32", reason="CPU of children, as POSIX counts it"),
]
slow = pytest.mark.slow

FIGURES = [
    ("CPU of grading 02_1 over the bare calls, fork", "x", 1.3),
    ("CPU of grading 02_1 over the bare calls, spawn", "x", 1.1),
    ("CPU of the trusted side's imports, apart from that", "s", None),
    ("wall of grading 01_1 over importing pytest, hypothesis", "x", 3.0),
    ("the first line, over importing pytest and hypothesis", "x", 1.0),
    ("wall of exercise 01_1, all start methods", "s", 15.0),
    ("wall of exercise 02_1, all start methods", "s", 15.0),
]


@slow
def test_every_figure_is_measured(tmp_path: Path) -> None:
    """In a course of the two exercises that are measured: the others would only take longer."""
    root = checkouts.copy(tmp_path / checkouts.ODD)
    manifest = root / courses.MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(
        "".join(
            part
            for part in re.split(r"(?=^\[\[lesson(?:\.exercise)?\]\]$)", text, flags=re.MULTILINE)
            if not part.startswith("[[") or re.search(r'^id = "(01|02|01_1|02_1)"$', part, re.M)
        ),
        encoding="utf-8",
    )
    ended = checkouts.run(root, 'make bench ARGS="--runs 1"')
    figures = json.loads((root / "build/bench.json").read_bytes())
    assert [(each["name"], each["unit"], each["at_most"]) for each in figures] == FIGURES
    assert all(0 < each["value"] < 60 for each in figures), figures
    rows = [line for line in ended.out.splitlines() if line.startswith("  ")]
    assert len(rows) == len(figures), ended.said
    over = [each["at_most"] is not None and each["value"] > each["at_most"] for each in figures]
    assert [row.endswith(" over") for row in rows] == over
    assert ended.code == (2 if any(over) else 0), ended.said
    assert ended.out.endswith("As JSON: build/bench.json\n")


def test_the_code_says_whether_a_bound_is_exceeded(
    tiny: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fine = [bench.Figure("free", 9.0, "s"), bench.Figure("bound", 1.0, "x", 1.0)]
    found = fine
    monkeypatch.setattr(bench, "_measure", lambda course, rounds, folder: found)
    course = courses.load(tiny.folder)
    assert bench.run(course, 1) == 0
    assert "over" not in capsys.readouterr().out
    found = [*fine, bench.Figure("worse", 1.01, "x", 1.0)]
    assert bench.run(course, 1) == 1
    assert re.search(r"worse +1\.010 x +at most 1  over$", capsys.readouterr().out, re.MULTILINE)


def test_a_grading_that_fails_is_no_figure() -> None:
    with pytest.raises(GraderFault, match="ended with 3"):
        bench._command([sys.executable, "-c", "import sys; sys.exit(3)"])


def test_the_work_of_children_is_counted() -> None:
    def below(source: str) -> bench.Run:
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {source!r}])"
        return bench._command([sys.executable, "-c", f"print('first', flush=True); {child}"])

    work = "sum(range(10_000_000))"
    alone = bench._command([sys.executable, "-c", work]).cpu
    idle, busy = below("pass"), below(work)
    assert busy.cpu - idle.cpu > alone / 3
    assert busy.output == b"first\n"
    assert 0 < busy.first_line < busy.wall


# -- the same calls --------------------------------------------------------------------------------

NOTES = """
import os


def note(*what):
    notes = os.open({path!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(notes, (repr(what) + "\\n").encode())
    os.close(notes)
"""
TELLS = """

def tell(numbers, say):
    note(list(numbers))
    for number in numbers:
        say(number)
    return sum(numbers)
"""
ENDS = """

def end_each(ctx, target, numbers):
    codes = [number if isinstance(number, int) else "place" for number in numbers]
    note(ctx.get_start_method(), target.__name__, codes)
    children = [ctx.Process(target=target, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]
"""


@pytest.mark.parametrize(
    ("exercise", "name", "source", "method"),
    [
        ("01_1", TELL, TELLS, None),
        ("01_2", END, ENDS, "fork"),
        pytest.param("01_2", END, ENDS, "spawn", marks=slow),
    ],
    ids=["without processes", "fork", "spawn"],
)
def test_the_bare_calls_are_those_of_the_grading(
    tiny: Copy, exercise: str, name: str, source: str, method: str | None
) -> None:
    """A solution that notes what it is called with is graded, and called without a grader."""
    notes, trace = tiny.folder / "notes", tiny.folder / "trace"
    tiny.put(NOTES.format(path=str(notes)) + source, name)
    asked = ["--start-method", method] if method else []
    ended = command.grade(tiny.folder, exercise, "--trace", str(trace), *asked)
    assert ended.code == 0, ended.out
    graded = notes.read_text()
    calls = [line for line in trace.read_text().splitlines() if json.loads(line)["do"] == "call"]
    assert len(graded.splitlines()) == len(calls) > 3
    notes.unlink()
    trace.write_text("".join(f"{line}\n" for line in calls))
    grader = CHECKOUT / "grader"
    parts = [grader, tiny.folder / "exercises" / name, trace, tiny.folder / "exercises"]
    line = [sys.executable, "-I", "-S", "-c", bench._BARE, *map(str, parts), str(grader / "inside")]
    bare = subprocess.run(line, check=True, capture_output=True, timeout=command.PATIENCE)
    assert (bare.stdout, bare.stderr) == (b"", b"")
    assert notes.read_text() == graded
    leaks.wait_for_orphans(command.PATIENCE)


def test_a_trace_of_the_reference_ends_with_every_property(tiny: Copy) -> None:
    """Each property is a session of its own in the trace: so they are called one by one."""
    trace = tiny.folder / "trace"
    ended = command.grade(tiny.folder, "01_1", "--from", "solutions", "--trace", str(trace))
    sessions = [json.loads(line).get("session") for line in trace.read_text().splitlines()]
    (result,) = ended.record.exercises
    assert isinstance(result, verdict.ExerciseResult)
    assert len(set(sessions) - {None}) == len(result.properties)
