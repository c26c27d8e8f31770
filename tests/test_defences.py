"""Each attack of the corpus gets what it wants from a grader whose defence is switched off.

An attack that never bites shows nothing. The switches are patches of these tests, not options of
the grader. For what the border between two processes is for, the grader without it is
`support.naive`, locked in here by other means.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support import corpus, courses, sandboxes

from grader import verdict
from grader.failure import Status
from grader.inside.kit import wire
from grader.system import cgroup

ATTACKS = [entry for entry in corpus.entries() if entry.statuses]
PATIENCE = {"passes": 25.0, "failed": 25.0, "floods": 8.0, "no verdict": 3.0}
"""Seconds for the naive grader to come to an end, by what is expected of it."""
LONGER = 3.0
"""Times its limit, so that an attack gets what it wants on a busy machine too."""
FLOOD = 1_000_000
MOST = 64 * FLOOD
"""Bytes that an attack may really write."""

pytestmark = sandboxes.needed

# -- the border between two processes -------------------------------------------------------------


def naive(folder: Path, entry: corpus.Entry, task: corpus.Task) -> str:
    """What the naive grader comes to: ``passes``, ``failed``, ``no verdict`` or ``floods``."""
    home = folder / "course"
    shutil.copytree(courses.TINY / "solutions", home / "solutions")
    (home / "handed_in").mkdir()
    path = home / f"handed_in/ex_{task.id}_{task.slug}.py"
    corpus.place(entry, path, entry.source(task), task)
    solution = home / f"solutions/ex_{task.id}_{task.slug}.py"
    script = Path(corpus.__file__).with_name("naive.py")
    command = [sys.executable, str(script), str(path), str(solution), task.function]
    end = PATIENCE[entry.wants or "failed"]
    out = locked_in(
        ["sh", "-c", '"$@"; code=$?; echo; echo verdict $code', "sh", *command], home, end
    )
    if len(out) > FLOOD:
        return "floods"
    verdicts = [line for line in out.splitlines() if line.startswith("verdict ")]
    if not verdicts:
        return "no verdict"
    if verdicts[0] == "verdict 0":
        return "passes"
    return "failed" if "finished:" in out else "no verdict"


def locked_in(command: list[str], home: Path, seconds: float) -> str:
    """Run a command among processes of its own, with bounds; what it printed until its end."""
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    words += ["--bind", str(home), str(home), "--chdir", str(home), "--"]
    group = cgroup.make(1024**3, 120)
    try:
        with (home / "out").open("wb") as out:
            process = subprocess.Popen(
                words + command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: bound(group),
                start_new_session=True,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        if group is not None:
            group.remove()
    with (home / "out").open("rb") as out:
        return out.read(2 * FLOOD).decode("utf-8", "replace")


def bound(group: cgroup.Group | None) -> None:
    """Limits for what is about to be started."""
    if group is not None:
        group.enter()
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))


def inside(*changes: tuple[str, str, str]) -> str:
    """Code that has sandboxes run a kit of which lines were changed: file, old text, new text."""
    return f"""
import dataclasses, pathlib, shutil, tempfile
from grader.system import sandbox
there = pathlib.Path(tempfile.mkdtemp(prefix="kit-")) / "inside"
shutil.copytree(sandbox._INSIDE, there, ignore=shutil.ignore_patterns("__pycache__"))
for file, old, new in {changes!r}:
    path = there / "kit" / file
    text = path.read_text()
    assert text.count(old) == 1, (file, old)
    path.write_text(text.replace(old, new))
there.parent.chmod(0o755)
sandbox._open_to_all(there)
found = sandbox.find_place
sandbox.find_place = lambda python: dataclasses.replace(found(python), inside=there)
import atexit
atexit.register(shutil.rmtree, there.parent)
"""


# -- what an attack gets ---------------------------------------------------------------------------


def passes(result: verdict.ExerciseResult, record: verdict.Record) -> bool:
    """All that was asked passed."""
    return result.status is Status.PASSED


def sees_its_past(result: verdict.ExerciseResult, record: verdict.Record) -> bool:
    """Something outlived the first property: a later one knows of it."""
    return any(each.status is Status.PASSED for each in result.properties)


def slow(result: verdict.ExerciseResult, record: verdict.Record) -> bool:
    """The grading of one small file takes seconds of the grader's own, or long after the limit."""
    longest = max((run.seconds for each in result.properties for run in each.runs), default=0.0)
    return record.cost.judging > 1.5 or longest > 6.0


def fault(result: verdict.ExerciseResult, record: verdict.Record) -> bool:
    """The grader takes the blame."""
    return result.status is Status.GRADER_FAULT


def floods(result: verdict.ExerciseResult, record: verdict.Record) -> bool:
    """Somebody has to read megabytes."""
    return len(verdict.to_json(record)) > FLOOD


@dataclass(frozen=True)
class Switch:
    """How a defence is switched off: code that the grader's process runs before it begins."""

    code: str
    argv: tuple[str, ...] = ()


SWITCHES = {
    "judgement": Switch(
        """
from grader import check, guests, session
session.unchanged = lambda *args: True
check.equal = check.that = check.is_a = lambda *args, **named: None
real = guests.Meeting.__init__
guests.Meeting.__init__ = lambda self, size, *rest: real(self, 1, *rest)
"""
    ),
    "links": Switch(
        """
from grader import grading
real = grading._take
grading._take = lambda course, exercise, folder, follow: real(course, exercise, folder, True)
"""
    ),
    "size": Switch("from grader import intake; intake.MAX_BYTES = 2**22\n"),
    "stacks": Switch("from grader import session; session._STACKS_WITHIN = 1000\n"),
    "end": Switch(
        """
import dataclasses
from grader.system import linux
real = linux.LinuxHost.ended
linux.LinuxHost.ended = lambda self, within: dataclasses.replace(real(self, 0.5), below=())
"""
    ),
    "left behind": Switch(
        """
import dataclasses
from grader import session
from grader.system import linux
session.Session._check_left_behind = lambda *args, **named: None
real = linux.LinuxHost.ended
linux.LinuxHost.ended = lambda self, within: dataclasses.replace(real(self, 0.5), below=())
"""
        + inside(("worker.py", '"threads": _live_threads()', '"threads": []'))
    ),
    "helpers": Switch(
        """
import dataclasses
from grader.system import linux
real = linux.LinuxHost._census
linux.LinuxHost._census = lambda self, order: dataclasses.replace(real(self, order), helpers=None)
ended = linux.LinuxHost.ended
linux.LinuxHost.ended = lambda self, within: dataclasses.replace(ended(self, 0.5), below=())
"""
    ),
    "ports of all": Switch(
        inside(
            (
                "zygote.py",
                "return processes.all_listening_ports()[:_MOST_NAMES]",
                "return processes.listening_ports([each.pid for each in below])",
            )
        )
    ),
    "shared memory": Switch(
        "from grader import session\nsession.Session._check_shared_memory = lambda *args: None\n"
    ),
    "state": Switch(
        inside(("zygote.py", "all(map(_empty, _PRIVATE))", "True")),
    ),
    "read-only witness": Switch(
        """
import os
from grader.system import linux, sandbox
real = sandbox._bwrap
def writable(place, settings, witness):
    words = real(place, settings, witness)
    words[words.index("/w") - 2] = "--bind"
    os.chmod(os.path.dirname(witness.removeprefix("unix:")), 0o777)
    return words
sandbox._bwrap = writable
"""
    ),
    "limits": Switch(
        """
import functools
from grader import session, submission
from grader.system import sandbox
sandbox._TMP_BYTES = sandbox._SHM_BYTES = sandbox._FILE_BYTES = 2**28
sandbox._MAX_MEMORY, sandbox._MAX_TASKS, sandbox._OPEN_FILES = 2**31, 1000, 4096
session.MAX_OUTPUT = 2**40
submission.HostSettings = functools.partial(
    submission.HostSettings, max_processes=1000, max_memory=2**33
)
"""
    ),
    "living callers": Switch(
        """
import itertools
from grader.system import linux
linux._Pulse.__call__ = lambda self: True
numbers = itertools.count(1000)
linux._inner_pid = lambda pidfd: next(numbers)  # in the sandbox a dead process has none
"""
    ),
    "kernel names callers": Switch(
        """
import dataclasses
from grader.system import linux
real = linux.LinuxDoor.identify
linux.LinuxDoor.identify = lambda self, connection, claim: dataclasses.replace(
    real(self, connection, claim), pid=claim["pid"]
)
"""
    ),
    "witness": Switch(
        """
from grader import witness
witness._MOST_VISITS, witness._QUESTION = 10**9, 2**22
"""
    ),
    "wire": Switch(
        "from grader.inside.kit import wire\nwire.MAX_EQUAL_HASHES = wire.MAX_ENTRIES = 10**9\n"
    ),
    "frames": Switch(
        """
import types
from grader import session
class Never(Exception): pass
session.wire = types.SimpleNamespace(**{**vars(session.wire), "WireError": Never})
real = session.Session._crashed
def crashed(self, exitcode):
    assert "channel" not in self._ended and "frame" not in self._ended, self._ended
    assert "JSON" not in self._ended and "deep" not in self._ended, self._ended
    return real(self, exitcode)
session.Session._crashed = crashed
"""
    ),
    "claims": Switch(
        """
from grader import claims
claims.claim = lambda value, most: str(value)
"""
    ),
    "one worker": Switch(
        """
from grader import session
real = session.Session.attempt
def attempt(self, *args):
    self.renew()
    return real(self, *args)
session.Session.attempt = attempt
"""
    ),
}


def targets(entry: corpus.Entry) -> tuple[corpus.Task, str]:
    """An exercise that an attack fits, and the property that it is about."""
    tasks = (corpus.TELL, corpus.END, *map(corpus.task, ("01_1", "01_2", "02_1")))
    return next((task, wanted) for task in tasks if (wanted := entry.fits(task)) is not None)


def attack_without_defence(
    folder: Path, entry: corpus.Entry, switch: Switch, **more: object
) -> tuple[verdict.ExerciseResult, verdict.Record]:
    """What becomes of an attack when its defence is switched off."""
    task, wanted = targets(entry)
    argv = [*switch.argv]
    argv += ["--property", wanted] if wanted else []
    argv += ["--start-method", "fork"] if task.processes else []
    times = LONGER if entry.wants == "passes" else 1.0
    longer = {"seconds": str(times * corpus.seconds(entry, task))}
    patient = replace(entry, header={**entry.header, **longer})
    graded = corpus.grade(folder, [patient], task, *argv, first=switch.code, ours=True, **more)
    return graded.results[entry.name], graded.ended.record


BITES: dict[str, Callable[[verdict.ExerciseResult, verdict.Record], bool]] = {
    "passes": passes,
    "sees its past": sees_its_past,
    "slow": slow,
    "grader's fault": fault,
    "floods": floods,
}
ELSEWHERE = {"boundary", "class seed", "property's own"}


def _marked(entry: corpus.Entry) -> object:
    slow = entry.wants in ("no verdict", "floods", "slow") or "flood" in entry.header["kind"]
    return pytest.param(entry, id=entry.name, marks=[pytest.mark.slow] if slow else [])


@pytest.mark.parametrize("entry", [_marked(each) for each in ATTACKS if each.defence == "boundary"])
def test_without_a_border_between_two_processes(entry, tmp_path):
    task, _ = targets(entry)
    assert naive(tmp_path, entry, task) == entry.wants


@pytest.mark.parametrize("task", [corpus.TELL, corpus.END], ids=lambda task: task.function)
def test_the_naive_grader_is_one(task, tmp_path):
    """It passes what is right, and fails what is wrong and does nothing against it."""
    right = corpus.Entry("right", "def FUNCTION(*args):\n    return right(*args)\n", {})
    wrong = corpus.Entry("wrong", "def FUNCTION(*args):\n    return 0.5\n", {})
    for entry, expected in ((right, "passes"), (wrong, "failed")):
        folder = tmp_path / entry.name
        folder.mkdir()
        assert naive(folder, entry, task) == expected


@pytest.mark.parametrize(
    "entry",
    [_marked(each) for each in ATTACKS if each.defence not in ELSEWHERE],
)
def test_with_its_defence_switched_off(entry, tmp_path):
    result, record = attack_without_defence(tmp_path, entry, SWITCHES[entry.defence])
    says = corpus.is_as_expected(entry, result)
    assert BITES[entry.wants](result, record), f"{result.status}, {record.cost}: {says}"


def test_every_switch_is_used():
    assert set(SWITCHES) | ELSEWHERE == {entry.defence for entry in ATTACKS}


# -- the inputs of level student -------------------------------------------------------------------


def test_a_table_of_the_inputs_at_home(tmp_path):
    """It gets full marks where the inputs are those of level student, and fails with a seed."""
    (entry,) = [each for each in ATTACKS if each.defence == "class seed"]
    trace = tmp_path / "trace"
    honest = corpus.Entry("honest", "def FUNCTION(*args):\n    return right(*args)\n", {})
    at_home = tmp_path / "home"
    at_home.mkdir()
    corpus.grade(at_home, [honest], corpus.TELL, "--level", "student", "--trace", str(trace))
    table = {"TABLE = {}": f"TABLE = {_inputs(trace)!r}"}
    for name, argv, status in (
        ("unseeded", (), Status.PASSED),
        ("seeded", ("--seed", "20261124"), Status.WRONG),
    ):
        folder = tmp_path / name
        folder.mkdir()
        graded = corpus.grade(folder, [entry], corpus.TELL, *argv, words=table)
        assert graded.results[entry.name].status is status


def _inputs(trace: Path) -> set[str]:
    orders = map(json.loads, trace.read_text().splitlines())
    lists = [wire.decode(each["args"][0]) for each in orders if each["do"] == "call"]
    return {repr([numbers]) for numbers in lists}


# -- what a property has to look at itself -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "exercise", "old", "new"),
    [
        ("unhashable_reports", "02_1", "all(type(word) is str", "all(True"),
        ("sleep_for_ages", "01_2", "not 0 <= seconds < _AGE", "not 0 <= seconds < math.inf"),
    ],
)
def test_a_property_that_does_not_look(name, exercise, old, new, tmp_path):
    (entry,) = [each for each in ATTACKS if each.name == name]
    task = corpus.task(exercise)
    exercises = tmp_path / "exercises"
    shutil.copytree(task.exercises, exercises)
    path = exercises / f"properties/props_{task.id}_{task.slug}.py"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    folder = tmp_path / "graded"
    folder.mkdir()
    argv = ("--start-method", "fork") if task.processes else ()
    graded = corpus.grade(folder, [entry], replace(task, exercises=exercises), *argv, ours=True)
    assert graded.results[name].status is Status.GRADER_FAULT
