"""The corpus: files of students who attack the grader, and of students who do it their own way.

A file of ``tests/corpus`` is written once and graded as many exercises. Two words in it stand for
the exercise: ``FUNCTION`` is the name of the function that is asked for, ``right`` is the reference
solution, which is put below the file under that name. So ``return right(*args)`` is right
everywhere. Comments at its beginning say what has to become of it:

============  ==================================================================================
``expect``    ``full marks``, or ``denied`` with the statuses that it may get
``says``      stands in the reason or in a finding, line breaks apart
``kind``      what sort of file it is
``defence``   what stops it, and what it would get without (`test_defences`)
``fits``      where it makes sense: names of functions or exercises, each perhaps with the one
              property that it is about, or ``processes``; left out: everywhere
``seconds``   the limit, for a file that uses it up
``placed``    how it is put into the student's folder, if not as a plain file of UTF-8
``written``   bytes for its end, as a Python expression or a short text
============  ==================================================================================
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader import course as courses
from grader import verdict
from grader.failure import Status
from grader.system import sandbox
from support import command
from support.courses import CHECKOUT, TESTS, TINY

PATIENCE = 300  # seconds for one command with many files
ENOUGH = 30.0  # seconds for a file that does not hang
# Tests watch a temporary folder of their own; the copies for sandboxes are made once for all.
_CACHE = "import pathlib; from grader.system import sandbox; sandbox._cache = lambda: "
FOLDER = TESTS / "corpus"
_HEADER = re.compile(r"^# (\w+): (.+)$")


@dataclass(frozen=True)
class Entry:
    """One file of the corpus."""

    name: str
    text: str
    header: dict[str, str]

    @property
    def statuses(self) -> list[Status]:
        """What its exercise may be called; empty for full marks."""
        said = self.header["expect"].partition("denied:")[2]
        return [Status(each.strip()) for each in said.split(",") if each.strip()]

    @property
    def defence(self) -> str:
        """What stops it; empty for an honest file."""
        return self.header.get("defence", "").partition(" (")[0]

    @property
    def wants(self) -> str:
        """What it gets without that defence."""
        return self.header.get("defence", "").partition(" (")[2].rstrip(")")

    def fits(self, task: Task) -> str | None:
        """The property for which it fits an exercise; empty for all, None where it does not."""
        said = self.header.get("fits")
        if said is None or (said == "processes" and task.processes):
            return ""
        for each in said.split(","):
            place, _, wanted = each.strip().partition(" ")
            if place in (task.function, task.id):
                return wanted
        return None

    def source(self, task: Task, **words: str) -> str:
        """The file as a student of this exercise would hand it in."""
        text = self.text.replace("FUNCTION", task.function)
        for word, value in words.items():
            text = text.replace(word, value, 1)
        if self.header.get("placed") == "without the reference":
            return text
        reference = re.sub(rf"\bdef {task.function}\(", "def right(", task.reference)
        reference = reference.replace("from __future__ import annotations\n", "")
        return f"{text}\n\n{reference}"


@dataclass(frozen=True)
class Task:
    """An exercise for which the corpus is written anew."""

    id: str
    function: str
    processes: bool
    seconds: float
    reference: str
    exercises: Path
    slug: str


def entries() -> list[Entry]:
    """The whole corpus, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.startswith("#")]
        header = dict(each.groups() for line in lines if (each := _HEADER.match(line)))
        found.append(Entry(path.stem, text, header))
    return found


def task(exercise: str, folder: Path = CHECKOUT) -> Task:
    """An exercise of a course."""
    course = courses.load(folder)
    one = course.one(exercise)
    name = course.file_name(one)
    return Task(
        one.id,
        one.functions[0],
        one.processes,
        one.seconds,
        (folder / "solutions" / name).read_text(encoding="utf-8"),
        folder / "exercises",
        name.removeprefix(f"ex_{one.id}_").removesuffix(".py"),
    )


TELL, END = task("01_1", TINY), task("01_2", TINY)


@dataclass
class Graded:
    """What became of some files that were graded by one command."""

    ended: command.Ended
    results: dict[str, verdict.ExerciseResult] = field(default_factory=dict)


def grade(
    folder: Path,
    files: list[Entry],
    task: Task,
    *argv: str,
    first: str = "",
    words: dict[str, str] | None = None,
    ours: bool = False,
) -> Graded:
    """Grade files as exercises of one course: each of them asks for the same as ``task``.

    Args:
        folder: an empty one to work in.
        files: of the corpus; all of them fit.
        task: the exercise.
        argv: more words for ``grade``.
        first: code that is run in the grader's process before it begins.
        words: what to put in place of words of the files.
        ours: whether a traceback of the grader is expected.
    """
    course = _course(folder / "course", files, task)
    handed_in = folder / "files"
    handed_in.mkdir()
    for number, entry in enumerate(files, 1):
        path = handed_in / f"ex_01_{number}_{task.slug}.py"
        place(entry, path, entry.source(task, **(words or {})), task)
    levels = () if "--level" in argv else ("--level", "instructor")
    first = f"{_CACHE}pathlib.{_cache()!r}; {first}"
    ended = command.grade(
        course, "--from", str(handed_in), *levels, *argv, first=first, ours=ours, patience=PATIENCE
    )
    names = [entry.name for entry in files]
    return Graded(ended, dict(zip(names, ended.record.exercises, strict=True)))


@functools.cache
def _cache() -> Path:
    """The cache of this user, outside of what a test watches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TMPDIR", raising=False)
        patch.setattr(tempfile, "tempdir", None)
        return sandbox._cache()


def _course(folder: Path, files: list[Entry], task: Task) -> Path:
    exercises = folder / "exercises"
    leave_out = shutil.ignore_patterns("__pycache__", "ex_*.py", "props_*.py", "originals.json")
    shutil.copytree(task.exercises, exercises, ignore=leave_out)
    shutil.copytree(task.exercises / "given", exercises / "given", dirs_exist_ok=True)
    properties = task.exercises / f"properties/props_{task.id}_{task.slug}.py"
    path = task.exercises / f"drivers/drive_{task.id}.py"
    driver = path.read_text() if path.exists() else ""
    (exercises / "properties").mkdir(exist_ok=True)
    parts = ['title = "Corpus"\n[[lesson]]\nid = "01"\ntitle = "Corpus"\n']
    for number, entry in enumerate(files, 1):
        shutil.copyfile(properties, exercises / f"properties/props_01_{number}_{task.slug}.py")
        if driver:
            (exercises / f"drivers/drive_01_{number}.py").write_text(driver)
        parts.append(
            f'[[lesson.exercise]]\nid = "01_{number}"\ntitle = "{entry.name}"\nstars = 1\n'
            f"points = 4\nseconds = {seconds(entry, task)}\n"
            f"processes = {str(task.processes).lower()}\nfunctions = [{task.function!r}]\n"
            "hints = []\n"
        )
    stubs = {f"01_{number}": "a stub" for number in range(1, len(files) + 1)}
    (exercises / "originals.json").write_text(json.dumps(stubs), encoding="utf-8")
    (folder / courses.MANIFEST).write_text("".join(parts), encoding="utf-8")
    return folder


def seconds(entry: Entry, task: Task) -> float:
    """The limit: as its header says for what uses it up, else enough for a busy machine."""
    return float(entry.header.get("seconds", max(task.seconds, ENOUGH)))


def place(entry: Entry, path: Path, text: str, task: Task) -> None:
    """Put a file where the student hands it in, in the way that its header says."""
    data = text.encode() + _written(entry)
    match entry.header.get("placed", "as it is"):
        case "as it is" | "without the reference":
            path.write_bytes(data)
        case "with a byte order mark":
            path.write_bytes(b"\xef\xbb\xbf" + data)
        case "with CRLF":
            path.write_bytes(data.replace(b"\n", b"\r\n"))
        case "in latin-1":
            path.write_bytes(text.encode("latin-1", "replace"))
        case "with 300 KB of comments":
            path.write_bytes(data + b"# nothing to see here\n" * 14_000)
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "link to the reference":
            there = path.with_name("solution.txt")
            there.write_text(task.reference)
            path.symlink_to(there)
        case "beside json.py, conftest.py, sitecustomize.py and a folder":
            path.write_bytes(data)
            for name in ("json.py", "conftest.py", "sitecustomize.py"):
                path.with_name(name).write_text("raise SystemExit('nobody asked for this file')\n")
            path.with_name("given").mkdir(exist_ok=True)
        case other:
            raise ValueError(f"{entry.name}: placed {other!r}?")


_WRITTEN: dict[str, Any] = {
    "(*)": b"def broken(*):\n",
    "\\0": b"VALUE = 1\0\n",
    "'\\xff\\xfe'": b"VALUE = '\xff\xfe'\n",
    "-------- * 25000 1": b"VALUE = " + b"-" * 200_000 + b"1\n",
}


def _written(entry: Entry) -> bytes:
    said = entry.header.get("written")
    return b"" if said is None else _WRITTEN[said]


def is_as_expected(entry: Entry, result: verdict.ExerciseResult) -> str:
    """What is not as the header says; empty when all is."""
    runs = [run for each in result.properties for run in each.runs]
    says = " ".join([result.reason, *(run.finding.says for run in runs if run.finding)])
    says = " ".join(says.split())
    if not entry.statuses:
        fine = result.status is Status.PASSED and result.points == result.max_points
        return "" if fine else f"{result.status}, {result.points} points: {says[:600]}"
    if result.status not in entry.statuses:
        return f"{result.status} instead of {entry.header['expect']}: {says[:600]}"
    if result.points >= result.max_points:
        return f"full marks for a file that is {result.status}"
    if entry.header.get("says", "") not in says:
        return f"it does not say {entry.header['says']!r}: {says[:600]}"
    return ""
