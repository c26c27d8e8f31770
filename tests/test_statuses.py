"""Every status, through the command line and the record; and what never becomes a pass."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from support import cases, command, courses, leaks
from support.cases import Case
from support.courses import ENDS, SHORT_END, SHORT_TELL, TELLS
from support.leaks import LINUX

from grader import verdict
from grader.failure import Status

pytestmark = pytest.mark.usefixtures("nothing_left")


def telling(text: str, before: str = "") -> str:
    """A right file that does something more in every call, before it returns."""
    lines = text.strip().splitlines()
    more = "\n".join(f"    {line}" for line in lines)
    return f"import os, signal, sys, threading\n{before}\n" + SHORT_TELL.replace(
        "    return", f"{more}\n    return"
    )


PAUSE = "threading.Event().wait()"
DOUBLE_FORK = """
reader, writer = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        os.write(writer, b"!")
        signal.pause()
    os._exit(0)
os.wait(); os.read(reader, 1); os.close(reader); os.close(writer)
"""
COUNTS = "calls = []\n"
STATUSES = [
    Case("passed", TELLS, Status.PASSED),
    Case("wrong", TELLS.replace("sum(numbers)", "sum(numbers) + 1"), Status.WRONG, "not the sum"),
    Case("partly wrong", SHORT_TELL.replace("say(number)", "say(-number)"), Status.WRONG,
         "not the numbers", points=1),
    Case("changes its argument", telling("numbers.append(0)"), Status.WRONG,
         "changed what it was given"),
    Case("unsendable", telling("return 10 ** 5000"), Status.WRONG, "what no caller can use"),
    Case("raises", telling("1 / 0"), Status.RAISED, "ZeroDivisionError: division by zero"),
    Case("exits", telling("sys.exit()"), Status.RAISED, "SystemExit"),
    Case("hangs", telling(PAUSE), Status.TIMED_OUT, "did not end: the limit is 1 s", seconds=1.0),
    Case("crashes", telling("os._exit(1)"), Status.CRASHED, "exit code 1"),
    Case("crashes at the fifth call",
         telling("calls.append(1)\nif len(calls) == 5: os._exit(0)", COUNTS),
         Status.CRASHED, "exit code 0"),
    Case("leaves a thread", telling(f"threading.Thread(target={PAUSE[:-2]}).start()"),
         Status.LEFT_BEHIND, "threads that it started still run"),
    Case("leaves a zombie", telling("if os.fork() == 0: os._exit(0)"), Status.LEFT_BEHIND,
         "zombie"),
    Case("leaves a grandchild", telling(DOUBLE_FORK), Status.LEFT_BEHIND, "it started still run"),
    Case("leaves a port",
         telling("import socket\nkept.append(socket.create_server(('127.0.0.1', 0)))", "kept = []"),
         Status.LEFT_BEHIND, "is still open"),
    Case("too many", telling("for _ in range(200):\n    if os.fork() == 0: signal.pause()\n"
                             "signal.pause()"),
         Status.TOO_MANY, "processes at once, and was stopped"),
    Case("not attempted", telling("raise NotImplementedError"), Status.NOT_ATTEMPTED),
    Case("kills its supervisor", telling("os.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()"),
         Status.CRASHED, "killed or stopped"),
    Case("kills its supervisor and answers", telling("os.kill(os.getppid(), signal.SIGKILL)"),
         Status.CRASHED, "killed or stopped"),
    Case("passed as well", TELLS, Status.PASSED),
]  # fmt: skip
PATIENT = [
    Case("stops its supervisor", telling("os.kill(os.getppid(), signal.SIGSTOP)"), Status.CRASHED,
         "killed or stopped"),
    Case("passed all the same", TELLS, Status.PASSED),
]  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> cases.Graded:
    """All cases, graded by one command."""
    folder = tmp_path_factory.mktemp("statuses")
    with leaks.nothing_left():
        return cases.grade(folder / "course", STATUSES)


needs_linux = pytest.mark.skipif(not LINUX, reason="the strong form needs Linux")


@needs_linux
@pytest.mark.parametrize("case", STATUSES, ids=lambda case: case.name)
def test_each_kind_of_failure_has_its_own_status(case, graded):
    result = graded.results[case.name]
    assert result.status is case.status, cases.said(result)
    assert case.words in cases.said(result)
    assert result.points == (3 if case.status is Status.PASSED else case.points)


@needs_linux
def test_no_failure_of_a_file_is_the_graders_fault(graded):
    assert graded.ended.code == 1
    assert graded.ended.err == ""
    assert "grader" not in " ".join(cases.said(each) for each in graded.results.values()).replace(
        "The grader's own process was killed", ""
    )


@needs_linux
@pytest.mark.slow
def test_a_stopped_supervisor_fails_its_file_and_nobody_elses(tmp_path):
    graded = cases.grade(tmp_path / "course", PATIENT, first=command.HURRIED)
    for case in PATIENT:
        assert graded.results[case.name].status is case.status
        assert case.words in cases.said(graded.results[case.name])


def test_a_hang_is_told_with_the_call_and_the_line_where_it_stands(graded):
    (run,) = graded.results["hangs"].properties[0].runs
    assert run.finding is not None
    assert run.finding.call == "tell([3, 1], <say>)"
    head = run.finding.stacks[0]
    assert re.match(
        r"process \d+ \(your call\) stands at ex_01_8_tell\.py, line \d+, in tell", head
    )


def test_a_failure_of_one_property_keeps_the_points_of_the_others(graded):
    result = graded.results["partly wrong"]
    assert [each.status for each in result.properties] == [Status.PASSED, Status.WRONG]
    assert (result.points, result.max_points) == (1, 3)


# -- processes: one verdict for each start method -------------------------------------------------


def test_a_right_file_passes_under_every_start_method_and_in_any_order(tiny):
    tiny.put(ENDS, courses.END)
    ended = command.grade(
        tiny.folder, "01_2", "--start-method", "forkserver", "--start-method", "spawn"
    )
    result = ended.result("01_2")
    assert (ended.code, result.status, result.points) == (0, Status.PASSED, 5)
    for each in result.properties:
        assert [run.method for run in each.runs] == ["forkserver", "spawn"]


def test_a_mistake_that_shows_under_one_start_method_costs_the_property(tiny):
    source = SHORT_END.replace(
        "    return [child.exitcode for child in children]",
        "    codes = [child.exitcode for child in children]\n"
        "    return codes if ctx.get_start_method() == 'fork' else codes[::-1]",
    )
    tiny.put(source, courses.END)
    ended = command.grade(tiny.folder, "01_2", "--start-method", "fork", "--start-method", "spawn")
    result = ended.result("01_2")
    assert [each.status for each in result.properties] == [Status.PASSED, Status.WRONG]
    assert [run.status for run in result.properties[1].runs] == [Status.PASSED, Status.WRONG]
    assert result.points == 2.5
    assert "Under spawn: These are not the exit codes" in ended.out


@pytest.mark.skipif(os.name != "posix", reason="the stand-in Python is a shell script")
def test_what_this_system_cannot_decide_is_neither_passed_nor_failed(tiny, tmp_path):
    """A stand-in for a Python that has spawn only, as on Windows."""
    stand_in = tmp_path / "python"
    probed = json.dumps([list(sys.version_info[:2]), "3.x", "elsewhere", ["spawn"]])
    stand_in.write_text(
        f"""#!/bin/sh
case "$4" in *get_all_start_methods*) echo '{probed}'; exit ;; esac
exec {sys.executable} "$@"
"""
    )
    stand_in.chmod(0o755)
    tiny.put(ENDS, courses.END)
    asked = ["--python", str(stand_in), "--start-method", "fork"]
    ended = command.grade(tiny.folder, "01_2", *asked)
    result = ended.result("01_2")
    assert result.status is Status.NOT_CHECKED
    assert result.points == 0
    assert "This system has no start method fork." in cases.said(result)
    assert ended.code == 1
    ended = command.grade(tiny.folder, "01_2", *asked, "--start-method", "spawn")
    result = ended.result("01_2")
    assert (result.status, result.points) == (Status.PASSED, 5)
    assert [run.status for run in result.properties[0].runs] == [
        Status.NOT_CHECKED,
        Status.PASSED,
    ]


def test_a_hang_is_not_waited_for_under_the_next_start_method(tiny):
    hangs = f"import threading\ndef end_each(ctx, target, numbers):\n    {PAUSE}\n"
    tiny.put(hangs, courses.END)
    tiny.limit("01_2", 1.0)
    result = command.grade(tiny.folder, "01_2").result("01_2")
    for each in result.properties:
        assert [run.status for run in each.runs] == [
            Status.TIMED_OUT,
            Status.NOT_RUN,
            Status.NOT_RUN,
        ]
    assert result.status is Status.TIMED_OUT
    assert result.points == 0


@pytest.mark.slow
def test_after_two_hung_properties_the_rest_is_not_run(tiny):
    """The third property would pass."""
    properties = tiny.folder / "exercises/properties/props_01_1_tell.py"
    third = '''
@evidence("value")
def test_p3_something_else(session):
    """Something else."""
'''
    text = properties.read_text(encoding="utf-8")
    properties.write_text(
        text.replace("\n\ndef _drops", f"{third}\n\ndef _drops"), encoding="utf-8"
    )
    tiny.put(telling(PAUSE))
    tiny.limit("01_1", 1.0)
    result = command.grade(tiny.folder, "01_1").result("01_1")
    assert [each.status for each in result.properties] == [
        Status.TIMED_OUT,
        Status.TIMED_OUT,
        Status.NOT_RUN,
    ]
    alone = command.grade(tiny.folder, "01_1", "--property", "p3").result("01_1")
    assert [each.status for each in alone.properties] == [Status.PASSED]


@needs_linux
def test_after_too_many_processes_nothing_of_the_file_is_run_again(tiny):
    wild = "import os, signal\ndef end_each(ctx, target, numbers):\n" + (
        "    for _ in range(200):\n        if os.fork() == 0: signal.pause()\n    signal.pause()\n"
    )
    tiny.put(wild, courses.END)
    result = command.grade(tiny.folder, "01_2").result("01_2")
    statuses = [run.status for each in result.properties for run in each.runs]
    assert statuses == [Status.TOO_MANY] + [Status.NOT_RUN] * 5
    assert result.status is Status.TOO_MANY


# -- answers that depend on what was before -------------------------------------------------------

REMEMBERS = telling("calls.append(1)\nif len(calls) > 2: return 77", COUNTS)
TAKES_TURNS = telling("calls.append(1)\nif len(calls) % 2: return 77", COUNTS)
BY_CHANCE = telling("import random\nif random.random() < 0.7: return 77")


@pytest.mark.parametrize(
    ("source", "depends"),
    [(REMEMBERS, True), (TAKES_TURNS, False), (BY_CHANCE, None)],
    ids=["remembers", "takes turns", "by chance"],
)
def test_an_answer_that_depends_on_what_was_before_is_wrong_and_reported_as_such(
    source, depends, tiny
):
    tiny.put(source)
    ended = command.grade(tiny.folder, "01_1")
    result = ended.result("01_1")
    assert (ended.code, result.status, result.points) == (1, Status.WRONG, 0)
    finding = result.properties[0].runs[0].finding
    assert finding is not None
    assert finding.came == "77"
    if depends is not None:
        assert finding.depends_on_history is depends
        assert ("your code remembers something" in " ".join(ended.out.split())) is depends


def test_a_right_file_that_remembers_passes(tiny):
    tiny.put(telling("calls.append(1)", COUNTS))
    assert command.grade(tiny.folder, "01_1").code == 0


# -- faults of ours -------------------------------------------------------------------------------


def spoil(tiny: courses.Copy, old: str, new: str) -> None:
    """Put a defect into the properties of 01_1; both files are right."""
    path = tiny.folder / "exercises/properties/props_01_1_tell.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    tiny.put(TELLS)
    tiny.put(ENDS, courses.END)


DEFECTS = {
    "a property raises": ("check.equal(session", "check.equal(1 / 0 + session"),
    "a property calls nonsense": ('"tell", numbers, say', '"tell", object'),
    "an object of ours raises": (
        'session.reports("say")',
        '(0, session.place(lambda n: 1 / 0, "say"))',
    ),
    "no evidence": ('@evidence("value")\n', ""),
    "a property that does not parse": ('"""The sum', 'x = = 1\n    """The sum'),
    "properties that cannot be imported": ("from grader import check", "from grader import chick"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_of_ours_is_never_a_pass_nor_the_files_failure(defect, tiny):
    spoil(tiny, *DEFECTS[defect])
    ended = command.grade(tiny.folder, "--start-method", "fork", ours=True)
    assert ended.code == 3
    result = ended.result("01_1")
    assert (result.status, result.points) == (Status.GRADER_FAULT, 0)
    assert "Traceback" not in ended.out
    assert ended.out.splitlines()[-1] == (
        "Exercise 01_1: the grader itself failed. Please report what it printed."
    )
    assert ended.err != ""
    # The other exercise is graded as if nothing had been.
    assert (ended.result("01_2").status, ended.result("01_2").points) == (Status.PASSED, 5)


def test_a_misconception_that_cannot_be_told_is_reported_and_changes_no_verdict(tiny):
    spoil(tiny, "    return seen.came == (short", "    1 / 0\n    return seen.came == (short")
    tiny.put(TELLS.replace("sum(numbers)", "0"))
    ended = command.grade(tiny.folder, "01_1")
    assert ended.result("01_1").status is Status.WRONG
    assert "misconception drops_last cannot be told: ZeroDivisionError" in ended.err


# -- two at once; where things are ----------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="fifos")
def test_two_gradings_at_once_do_not_know_of_each_other(tiny, tmp_path):
    """Each submission waits, in the middle of its call, until the other is there."""
    ways = [tmp_path / "there", tmp_path / "back"]
    for way in ways:
        os.mkfifo(way)
    started = []
    for number in (0, 1):
        folder = tmp_path / f"files {number}"
        folder.mkdir()
        opened = [
            f"open({str(way)!r}, {'rb' if number == order else 'wb'!r}).close()"
            for order, way in enumerate(ways)
        ]
        # The first call only: the name of a file that is there once the two have met.
        met = "if not os.path.exists('met'):\n    open('met', 'w').close()\n    " + "; ".join(
            opened
        )
        (folder / courses.TELL).write_text(telling(met))
        record = tmp_path / f"{number}.json"
        line = ["grade", "01_1", "--from", str(folder), "--json", str(record)]
        started.append((command.start(tiny.folder, *line), record))
    for process, record in started:
        ended = command.end(process, record)
        assert ended.result("01_1").status is Status.PASSED, ended.out


@pytest.mark.parametrize("form", ["kernel", "portable"])
def test_a_course_in_a_folder_with_spaces_and_chinese_characters(form, tmp_path, nothing_left):
    folder = tmp_path / "我的 课程 'a' $b" / "进程"
    folder.parent.mkdir()
    course = courses.copy(folder)
    course.put(TELLS)
    course.put(ENDS, courses.END)
    temporary = nothing_left.folder / ("临时 " * 20)
    temporary.mkdir()
    portable = ["--portable"] if form == "portable" else []
    ended = command.grade(course.folder, "--start-method", "spawn", *portable,
                          TMPDIR=str(temporary), PYTHONUTF8="1")  # fmt: skip
    assert (ended.code, ended.record.points) == (0, 8)
    assert os.listdir(temporary) == []
    temporary.rmdir()


def test_a_terminal_without_unicode_is_no_obstacle(tmp_path):
    course = courses.copy(tmp_path / "课程")
    course.put(TELLS.replace("sum(numbers)", "'进程 ★'"))
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ended = command.grade(course.folder, "01_1", PYTHONIOENCODING="ascii", **environ)
    assert ended.code == 1
    assert "got       '\\u8fdb\\u7a0b *'" in ended.out


# -- the same inputs for everyone -----------------------------------------------------------------


def traced(tiny: courses.Copy, *argv: str) -> list[dict[str, object]]:
    """The calls of exercise 01_1 in order, without what tells one process from another."""
    trace = tiny.folder.parent / "trace.jsonl"
    trace.unlink(missing_ok=True)
    ended = command.grade(tiny.folder, *argv, "--trace", str(trace))
    assert ended.result("01_1").status is Status.PASSED
    orders = [json.loads(line) for line in trace.read_text(encoding="ascii").splitlines()]
    return [
        {key: value for key, value in order.items() if key != "session"}
        for order in orders
        if order.get("function") == "tell"
    ]


def test_the_same_inputs_alone_and_in_company_and_again(tiny):
    tiny.put(TELLS)
    tiny.put(ENDS, courses.END)
    alone = traced(tiny, "01_1")
    assert len(alone) > 8
    assert traced(tiny, "01_1", "01_2", "--start-method", "fork") == alone
    assert traced(tiny, "01_1", "--portable") == alone


def test_another_seed_draws_other_inputs_and_the_same_seed_the_same(tiny):
    tiny.put(TELLS)
    drawn = [traced(tiny, "01_1", *seed) for seed in ([], ["--seed", "1"], ["--seed", "1"])]
    assert drawn[0] != drawn[1] == drawn[2]


def other_pythons() -> list[str]:
    """Pythons of other versions that are to be found here."""
    names = [f"python3.{minor}" for minor in range(11, 15) if minor != sys.version_info[1]]
    # Where several versions are installed beside each other, the others are near.
    base = Path(sys.base_prefix)
    folders = [str(each / "bin") for each in base.parent.glob("3.*") if each != base]
    folders += os.environ.get("PATH", "").split(os.pathsep)
    found = {name: shutil.which(name, path=os.pathsep.join(folders)) for name in names}
    return [path for path in found.values() if path and "shims" not in path]


@pytest.mark.parametrize("python", other_pythons() or [None])
def test_another_python_for_the_file_gets_the_same_inputs_and_verdict(python, tiny):
    if python is None:
        pytest.skip("no other Python here")
    tiny.put(TELLS)
    tiny.put(ENDS, courses.END)
    alone = traced(tiny, "01_1")
    assert traced(tiny, "--python", python, "--start-method", "spawn") == alone
    record = verdict.from_json((tiny.folder / "build/record.json").read_bytes())
    assert (record.points, record.methods) == (8, ("spawn",))
    assert f"python{record.python.rpartition('.')[0]}" == Path(python).name


# -- hints, reset, repro --------------------------------------------------------------------------


def test_hints_come_one_by_one_and_the_strongest_again(tiny):
    first, second, third = (command.run(tiny.folder, "hint", "01_1").out for _ in range(3))
    assert "hint 1 of 2" in first
    assert "lessons/lesson_01_tell.py:7 (cell T01)" in first
    assert "hint 2 of 2" in second
    assert third == second


def test_reset_saves_the_file_and_brings_the_stub_back(tiny):
    file = tiny.put("mine = True\n")
    said = command.run(tiny.folder, "reset", "01_1").out
    assert "is the stub again" in said
    (saved,) = (tiny.folder / "build/saved").iterdir()
    assert saved.read_text() == "mine = True\n"
    assert file.read_bytes() == (courses.TINY / "exercises" / courses.TELL).read_bytes()
    assert "is the stub already" in command.run(tiny.folder, "reset", "01_1").out
    assert command.grade(tiny.folder, "01_1").result("01_1").status is Status.NOT_ATTEMPTED


def test_repro_repeats_the_failing_call_with_its_prints_and_knows_when_it_is_mended(tiny):
    tiny.put(telling("print('looking at', numbers)\nif 1 in numbers: return 77"))
    assert command.grade(tiny.folder, "01_1").code == 1
    ended = command.run(tiny.folder, "repro", "01_1", "p1")
    assert ended.code == 1
    assert "looking at [" in ended.out
    assert "got       77" in ended.out
    tiny.put(TELLS)
    ended = command.run(tiny.folder, "repro", "01_1", "P1")
    assert ended.code == 0
    assert "It is right now." in ended.out
