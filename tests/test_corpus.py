"""Level instructor against the corpus: attackers are denied, honest oddities get full marks.

One command grades many files, as for a class: so none may hurt another one's grading either.
`make corpus` does it with two exercises of the course as well.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from support import corpus, sandboxes

from grader.failure import Status

ENTRIES = corpus.entries()
BY_NAME = {entry.name: entry for entry in ENTRIES}
AT_ONCE = 24
"""Files of one command."""
MORE = 1.0
"""Seconds beyond a limit in which what hangs has to be over; and as much for a slow machine."""
FORK = ("--start-method", "fork")

pytestmark = [sandboxes.needed, pytest.mark.usefixtures("nothing_left")]


def fitting(task: corpus.Task) -> list[corpus.Entry]:
    """The files of which all properties of an exercise are asked."""
    return [entry for entry in ENTRIES if entry.fits(task) == ""]


def batches(files: list[corpus.Entry]) -> list[object]:
    """Files in parts, each of which is one command."""
    parts = [files[first : first + AT_ONCE] for first in range(0, len(files), AT_ONCE)]
    return [pytest.param(part, id=f"{part[0].name}…") for part in parts]


def run(folder: Path, files: list[corpus.Entry], task: corpus.Task, *argv: str) -> None:
    """Grade files; every one of them gets what its header says, in time."""
    graded = corpus.grade(folder, files, task, *argv)
    bad = {}
    for entry in files:
        result = graded.results[entry.name]
        wrong = corpus.is_as_expected(entry, result)
        limit = corpus.seconds(entry, task)
        for each in (run for one in result.properties for run in one.runs):
            if each.status is Status.TIMED_OUT and each.seconds > limit + 2 * MORE:
                wrong = f"{each.seconds} s, although the limit is {limit} s"
            if each.status is Status.GRADER_FAULT:
                wrong = "a grader's fault"
        if wrong:
            bad[entry.name] = wrong
    assert not bad, "\n".join(f"{name}: {wrong}" for name, wrong in bad.items())
    assert graded.ended.err == ""


@pytest.mark.parametrize("files", batches(fitting(corpus.TELL)))
def test_values(files, tmp_path):
    run(tmp_path, files, corpus.TELL)


# The others were a value exercise already; `make corpus` has them all.
ONLY_PROCESSES = [each for each in fitting(corpus.END) if each.fits(corpus.TELL) is None]


@pytest.mark.parametrize("files", batches(ONLY_PROCESSES))
def test_processes(files, tmp_path):
    run(tmp_path, files, corpus.END, *FORK)


@pytest.mark.parametrize(("exercise", "wanted"), [("tell", "P1"), ("end_each", "P1")])
def test_one_property(exercise, wanted, tmp_path):
    """Files that are about one property: the others may pass, so that there may be some points."""
    task = corpus.TELL if exercise == "tell" else corpus.END
    files = [entry for entry in ENTRIES if entry.fits(task) == wanted]
    assert files
    run(tmp_path, files, task, "--property", wanted, *(FORK if task.processes else ()))


SLOW = [("01_1", ()), ("01_2", ()), ("02_1", FORK), ("04_2", FORK)]
EACH = 1 if os.environ.get("CORPUS") == "all" else 16
"""Of the files that fit any exercise, every so manieth is tried on exercises of the course."""


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "argv"), SLOW, ids=[each[0] for each in SLOW])
def test_exercises_of_the_course(exercise, argv, tmp_path):
    """Two exercises get the whole corpus (`make corpus`), all get what was written against them."""
    task = corpus.task(exercise)
    files = [entry for entry in fitting(task) if "fits" in entry.header]
    if exercise in ("01_1", "02_1"):
        files += [entry for entry in fitting(task) if entry not in files][::EACH]
    assert files
    for first in range(0, len(files), AT_ONCE):
        folder = tmp_path / str(first)
        folder.mkdir()
        run(folder, files[first : first + AT_ONCE], task, *argv)


@pytest.mark.slow
def test_own_command_line_under_every_start_method(tmp_path):
    """The truth about what is told by a command line; the threat model says so."""
    run(tmp_path, [BY_NAME["write_its_own_command_line"]], corpus.task("02_1"))


def test_the_corpus_is_large_and_knows_all_kinds():
    honest = [entry for entry in ENTRIES if not entry.statuses]
    assert len(ENTRIES) >= 120
    assert len(honest) >= 25
    kinds = Counter(entry.header["kind"] for entry in ENTRIES)
    assert {
        *("early exit", "kill", "verdict forgery", "reading solutions", "hang", "resource flood"),
        *("things left behind", "protocol abuse", "hostile object", "hostile exception"),
        *("no module", "no file", "unguarded spawning", "plainly wrong", "serial"),
        *("unwatched only", "honest but odd"),
    } <= set(kinds)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_each_file_says_what_it_is(entry):
    assert entry.statuses or entry.header["expect"] == "full marks"
    assert bool(entry.statuses) == bool(entry.wants), "an attack names the defence that stops it"
    assert set(entry.header) <= {
        *("expect", "says", "kind", "defence", "fits", "seconds", "placed", "written", "coding")
    }
    tasks = [corpus.TELL, corpus.END, *map(corpus.task, ("01_1", "01_2", "02_1", "04_2"))]
    assert any(entry.fits(task) is not None for task in tasks)
