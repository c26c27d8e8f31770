"""What wrong use gets: one clear line or one clear verdict, and nothing else suffers from it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from support import cases, command, courses, leaks
from support.cases import Case
from support.courses import ENDS, SHORT_TELL, TELLS
from support.leaks import LINUX

from grader.failure import Status

pytestmark = pytest.mark.usefixtures("nothing_left")
posix = pytest.mark.skipif(os.name != "posix", reason="signals and fifos")

STUB = (courses.TINY / "exercises" / courses.TELL).read_text()

# -- odd files ------------------------------------------------------------------------------------


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.write(TELLS.encode())
        file.truncate(50 * 1024**2)


def _socket(path: Path) -> None:
    where = os.getcwd()
    os.chdir(path.parent)  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(where)


def _link_to_right(path: Path) -> None:
    target = path.parent.parent / "elsewhere.py"
    target.write_text(TELLS)
    path.symlink_to(target)


DEAF_LOOP = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass\n"
UNGUARDED = "import multiprocessing\nmultiprocessing.Process(target=int).start()\n"

ODD = [
    Case("right, first", TELLS, Status.PASSED),
    Case("no file", None, Status.NOT_ATTEMPTED, "There is no file ex_01_2_tell.py."),
    Case("stub untouched", STUB, Status.NOT_ATTEMPTED, "The stub is untouched."),
    Case(
        "stub with notes",
        STUB.replace("    # Your code goes here, in place of the next line.\n", "\n    # hm …\n\n"),
        Status.NOT_ATTEMPTED,
        "The stub is untouched.",
    ),
    Case(
        "stub saved by another editor",
        b"\xef\xbb\xbf" + STUB.replace("\n", "\r\n").encode(),
        Status.NOT_ATTEMPTED,
        "The stub is untouched.",
    ),
    Case("empty", "", Status.NOT_ATTEMPTED, "is empty"),
    Case("blank", " \n\t\r\n", Status.NOT_ATTEMPTED, "is empty"),
    Case("still to do", SHORT_TELL.replace("for", "raise NotImplementedError\n    for", 1),
         Status.NOT_ATTEMPTED),
    Case("does not parse", "def tell(numbers, say:\n    pass\n", Status.RAISED,
         "cannot be imported: SyntaxError"),
    Case("indented wrongly", "def tell(numbers, say):\nreturn 1\n", Status.RAISED,
         "IndentationError"),
    Case("null bytes", TELLS + "\0", Status.RAISED, "cannot be imported"),
    Case("undecodable", b"'''caf\xe9'''\n" + TELLS.encode(), Status.RAISED, "cannot be imported"),
    Case("UTF-16", TELLS.encode("utf-16"), Status.RAISED, "cannot be imported"),
    Case("random bytes", bytes(range(256)) * 4, Status.RAISED, "cannot be imported"),
    Case("latin-1, and says so", b"# coding: latin-1\n# caf\xe9\n" + TELLS.encode(), Status.PASSED),
    Case("BOM", b"\xef\xbb\xbf" + TELLS.encode(), Status.PASSED),
    Case("CRLF", TELLS.replace("\n", "\r\n"), Status.PASSED),
    Case("folder", Path.mkdir, Status.WRONG, "is a folder; the exercise is a file"),
    Case("50 MB", _large, Status.WRONG, "is larger than 256 KB"),
    Case("import loops", DEAF_LOOP, Status.TIMED_OUT,
         "Importing ex_01_20_tell.py did not end within 1 s", 1.0),
    Case("import exits", "import sys\nsys.exit(3)\n", Status.RAISED,
         "cannot be imported: SystemExit: 3"),
    Case("import ends the process", "import os\nos._exit(0)\n", Status.CRASHED,
         "ended the process: The process that ran your code did not come back: "
         "it ended with exit code 0"),
    Case("import kills itself", "import os\nos.kill(os.getpid(), 9)\n", Status.CRASHED,
         "it was killed by SIGKILL" if os.name == "posix" else ""),
    Case("import kills its parent", "import os\nos.kill(os.getppid(), 9)\nwhile True: pass\n",
         Status.CRASHED, "was killed or stopped"),
    Case("import interrupts", "raise KeyboardInterrupt\n", Status.RAISED, "KeyboardInterrupt"),
    Case("import of what is not there", "import numpie\n", Status.RAISED,
         "ModuleNotFoundError: No module named 'numpie' (ex_01_26_tell.py, line 1)"),
    Case("import takes a wrong name", "from given import tell\n", Status.RAISED, "ImportError"),
    Case("import prints", "print('hello')\n" + TELLS, Status.PASSED),
    Case("import leaves a thread",
         "import threading\nthreading.Thread(target=threading.Event().wait).start()\n" + TELLS,
         Status.LEFT_BEHIND, "threads that it started still run"),
    Case("import starts a process", UNGUARDED + TELLS, Status.LEFT_BEHIND),
    Case("no function", "def tel(numbers, say):\n    return 4\n", Status.WRONG,
         "ex_01_31_tell.py defines no function tell."),
    Case("a number for a function", "tell = 4\n", Status.WRONG, "defines no function tell."),
    Case("one parameter less", "def tell(numbers):\n    return 4\n", Status.RAISED,
         "Your function is tell(numbers), the call was tell([3, 1], <say>)."),
    Case("one parameter more", "def tell(numbers, say, loud):\n    return 4\n", Status.RAISED,
         "Your function is tell(numbers, say, loud)"),
    Case("a coroutine", SHORT_TELL.replace("def", "async def"), Status.WRONG, "not the sum"),
    Case("a generator", SHORT_TELL.replace("return", "yield"), Status.WRONG, "not the sum"),
    Case("nothing returned", SHORT_TELL.replace("return ", ""), Status.WRONG, "not the sum"),
    Case("removes its own folder",
         "import os, shutil\nshutil.rmtree(os.path.dirname(__file__))\nos.chdir('/')\n" + TELLS,
         Status.RAISED, "No module named", points=1),
    Case("empties builtins", "import builtins\nvars(builtins).clear()\n", Status.CRASHED),
    Case("right, last", TELLS, Status.PASSED),
]  # fmt: skip
if os.name == "posix":
    ODD[-1:-1] = [
        Case("fifo", os.mkfifo, Status.WRONG, "is no regular file"),
        Case("socket", _socket, Status.WRONG, "cannot be read"),
        Case("device", lambda path: path.symlink_to("/dev/zero"), Status.WRONG, "no regular file"),
        Case("link that goes nowhere", lambda path: path.symlink_to("gone"), Status.NOT_ATTEMPTED),
        Case("link to itself", lambda path: path.symlink_to(path.name), Status.WRONG),
        Case("link to a right file", _link_to_right, Status.PASSED),
    ]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> cases.Graded:
    """All odd files, graded by one command."""
    folder = tmp_path_factory.mktemp("odd")
    with leaks.nothing_left():
        return cases.grade(folder / "course", ODD)


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_an_odd_file_gets_one_clear_verdict_and_is_not_touched(case, odd):
    result = odd.results[case.name]
    assert result.status is case.status, cases.said(result)
    assert case.words in cases.said(result)
    assert odd.before[case.name] == odd.after[case.name]
    assert result.points == (3 if case.status is Status.PASSED else case.points)
    assert bool(result.properties) == bool(result.seconds)


def test_odd_files_end_in_a_row_each_and_one_next_step(odd):
    assert odd.ended.code == 1
    rows = [line for line in odd.ended.out.splitlines() if line.startswith("  01_")]
    assert [line.split()[0] for line in rows] == [f"01_{n}" for n in range(1, len(ODD) + 1)]
    assert odd.ended.out.splitlines()[-1].startswith("Next: mend ex_01_9_tell.py.")
    points = sum(3 if case.status is Status.PASSED else case.points for case in ODD)
    assert odd.ended.record.points == points
    assert odd.ended.err == ""


def test_printing_at_import_is_remarked_and_costs_nothing(odd):
    (remark,) = odd.results["import prints"].remarks
    assert remark == (
        "Importing ex_01_28_tell.py prints something: keep that behind the main guard."
    )
    assert [name for name, result in odd.results.items() if result.remarks] == ["import prints"]


def test_a_missing_main_guard_is_stopped_and_the_next_exercise_still_graded(tiny):
    """Under spawn every process of the pool runs the module again, and the pool never gives up."""
    unguarded = """
import multiprocessing

def work():
    pass

pool = multiprocessing.get_context("spawn").Pool(2, initializer=work)
pool.map(abs, [1, 2])
"""
    tiny.put(unguarded)
    tiny.put(ENDS, courses.END)
    tiny.limit("01_1", 1.5)
    ended = command.grade(tiny.folder, "--start-method", "fork")
    assert ended.result("01_1").status in (Status.TIMED_OUT, Status.TOO_MANY)
    assert ended.result("01_2").status is Status.PASSED


# -- wrong commands -------------------------------------------------------------------------------

WRONG = [
    (["grade", "01_7"], "There is no exercise '01_7'. Exercises: 01_1, 01_2."),
    (["grade", "07"], "There is no exercise '07'. Exercises: 01_1, 01_2."),
    (["grade", "tell"], "There is no exercise 'tell'."),
    (["grade", "01_1", "--from", "nowhere"], "There is no folder 'nowhere'."),
    (["grade", "01_1", "--from", "course.toml"], "There is no folder 'course.toml'."),
    (["grade", "--property", "P7"], "'P7'"),
    (["grade", "01_1", "--property", "P2", "--property", "PX"], "'PX'"),
    (["grade", "--start-method", "thread"], "invalid choice: 'thread'"),
    (["grade", "--level", "headmaster"], "invalid choice: 'headmaster'"),
    (["grade", "--seed", "many"], "invalid int value: 'many'"),
    (["grade", "--python", "nopython"], "--python nopython: this is no Python"),
    (["grade", "--python", "/"], "--python /: this is no Python"),
    (["grade", "--json", "/nowhere/record.json"], "The record cannot be written"),
    (["grade", "--jason", "x"], "unrecognized arguments: --jason"),
    (["hint"], "the following arguments are required: exercise"),
    (["hint", "01"], "Lesson 01 has several exercises; say which one: 01_1, 01_2."),
    (["hint", "09_1"], "There is no exercise '09_1'."),
    (["reset", "01"], "Lesson 01 has several exercises"),
    (["reset", "xx"], "There is no exercise 'xx'."),
    (["repro", "01_1"], "the following arguments are required: property"),
    (["repro", "01_1", "P1"], "Exercise 01_1 was not graded here yet."),
    (["repro", "77_1", "P1"], "There is no exercise '77_1'."),
    (["greet"], "invalid choice: 'greet'"),
    (["grade", "--portable=no"], "ignored explicit argument 'no'"),
]


@pytest.mark.parametrize(("argv", "words"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_a_wrong_command_gets_one_clear_line(argv, words, tiny):
    tiny.put(TELLS)
    ended = command.run(tiny.folder, *argv)
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_folder_that_is_no_course_gets_one_clear_line(tmp_path):
    ended = command.run(tmp_path, "grade")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"There is no course in {tmp_path}: course.toml is missing.\n"


def test_without_a_command_the_commands_are_shown(tiny):
    line = command.words(tiny.folder)[:-2]
    ended = subprocess.run(
        line, env=command.environment(), capture_output=True, text=True, check=True
    )
    assert "grade" in ended.stdout
    assert ended.stderr == ""


def test_repro_of_what_did_not_fail_gets_one_clear_line(tiny):
    tiny.put(TELLS)
    assert command.grade(tiny.folder, "01_1").code == 0
    ended = command.run(tiny.folder, "repro", "01_1", "P1")
    assert (ended.code, ended.err) == (
        2, "P1 did not fail when exercise 01_1 was graded last.\n"
    )  # fmt: skip
    ended = command.run(tiny.folder, "repro", "01_1", "P9")
    assert ended.code == 2
    assert "it has P1, P2" in ended.err


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"result": 3, "folder": "x"}', "\udcff"], ids=repr
)
def test_repro_of_a_spoilt_memory_gets_one_clear_line(text, tiny):
    last = tiny.folder / "build/last/01_1.json"
    last.parent.mkdir(parents=True)
    last.write_bytes(text.encode("utf-8", "surrogateescape"))
    ended = command.run(tiny.folder, "repro", "01_1", "P1")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert "Grade it first: " in ended.err


def test_a_reader_that_goes_away_is_no_reason_to_complain(tiny):
    tiny.put(TELLS)
    tiny.put(ENDS, courses.END)
    process = command.start(tiny.folder, "grade", "--start-method", "fork")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    with process:
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode in (0, 1)


# -- Ctrl-C at any moment -------------------------------------------------------------------------


class Stage:
    """A file that says when it has come to a moment, and that then waits for ever."""

    def __init__(self, folder: Path) -> None:
        self.fifo = folder / "here"
        os.mkfifo(self.fifo)
        # Read and write, so that opening it never waits.
        self._end = os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK)

    @property
    def wait(self) -> str:
        """Code: says that it is here, then sleeps and ignores polite requests to end."""
        return (
            "import os as _os, signal as _signal; "
            "_signal.signal(_signal.SIGTERM, _signal.SIG_IGN); "
            f"_end = _os.open({str(self.fifo)!r}, _os.O_WRONLY); _os.write(_end, b'!'); "
            "_signal.pause()"
        )

    def reached(self, times: int = 1) -> None:
        """Wait until it was said."""
        for _ in range(times):
            assert select.select([self._end], [], [], command.PATIENCE)[0]
            assert os.read(self._end, 1) == b"!"

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


MOMENTS = {
    "import": "{wait}\n" + SHORT_TELL,
    "call": SHORT_TELL.replace("return", "{wait}; return"),
    "deaf call": SHORT_TELL.replace(
        "return", "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {wait}; return"
    ),
    "grandchild": SHORT_TELL.replace(
        "return",
        "import os, signal\n"
        "    if os.fork() == 0:\n"
        "        if os.fork() == 0:\n"
        "            os.setsid(); {wait}\n"
        "        os._exit(0)\n"
        "    signal.pause(); return",
    ),
}
CHILD = """
import signal

def wait(number):
    {wait}

def end_each(ctx, target, numbers):
    ctx.Process(target=wait, args=(1,)).start()
    ctx.Process(target=wait, args=(2,)).start()
    signal.pause()
"""


def stopped(process: subprocess.Popen[str], number: int, json: Path) -> None:
    """Send a signal as a terminal does, to the whole group; see how the command ends."""
    os.killpg(process.pid, number)
    ended = command.end(process, json)
    assert ended.code == 130
    assert ended.err.strip() == "Stopped. Nothing is left running."
    assert leaks.living() == []


@posix
@pytest.mark.parametrize("form", ["kernel", "portable"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_everything_with_one_line(moment, form, tiny, stage):
    file = tiny.put(MOMENTS[moment].replace("{wait}", stage.wait))
    before = file.read_bytes()
    portable = ["--portable"] if form == "portable" else []
    process = command.start(tiny.folder, "grade", "01_1", *portable)
    stage.reached()
    stopped(process, signal.SIGINT, tiny.folder)
    assert file.read_bytes() == before


@posix
def test_what_was_not_run_to_its_end_gets_no_verdict(tiny, stage):
    # P1 has passed and P2 is under way, in a worker of its own.
    counting = """
import os
with open("count", "a+b") as file:
    file.write(b".")
    first = file.tell() == 1
"""
    tiny.put(counting + SHORT_TELL.replace("return", f"if not first: {stage.wait}\n    return"))
    process = command.start(tiny.folder, "grade", "01_1")
    stage.reached()
    os.killpg(process.pid, signal.SIGINT)
    ended = command.end(process, tiny.folder)
    assert ended.code == 130
    assert ended.out.splitlines()[1:] == []


@posix
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_ctrl_c_while_children_wait_ends_all_of_them(method, tiny, stage):
    tiny.put(CHILD.replace("{wait}", stage.wait), courses.END)
    process = command.start(tiny.folder, "grade", "01_2", "--start-method", method)
    stage.reached(times=2)
    stopped(process, signal.SIGINT, tiny.folder)


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_being_asked_to_end_is_like_ctrl_c(number, tiny, stage):
    tiny.put(MOMENTS["call"].replace("{wait}", stage.wait))
    process = command.start(tiny.folder, "grade", "01_1")
    stage.reached()
    stopped(process, number, tiny.folder)


@posix
def test_ctrl_c_after_the_first_line_while_much_is_being_loaded(tiny):
    tiny.put(TELLS)
    process = command.start(tiny.folder, "grade", "01_1")
    assert process.stdout is not None
    assert "grading 1 exercise" in process.stdout.readline()
    stopped(process, signal.SIGINT, tiny.folder)


@posix
@pytest.mark.parametrize("tenths", range(0, 18, 3))
def test_ctrl_c_at_any_moment_is_a_stop_or_came_too_late(tenths, tiny):
    """Not at chosen moments: whenever it comes, it ends in one of two ways and leaves nothing."""
    tiny.put(TELLS)
    tiny.put(ENDS, courses.END)
    process = command.start(tiny.folder, "grade", "--start-method", "spawn")
    assert process.stdout is not None
    assert "grading 2 exercises" in process.stdout.readline()
    select.select([process.stdout], [], [], tenths / 10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    ended = command.end(process, tiny.folder)
    assert leaks.living() == []
    assert (ended.code, ended.err.strip()) in [
        (130, "Stopped. Nothing is left running."),
        (0, ""),
    ]


@pytest.mark.skipif(not LINUX, reason="only a supervisor of its own notices")
def test_a_killed_grader_takes_the_submission_along(tiny, stage, nothing_left):
    tiny.put(MOMENTS["grandchild"].replace("{wait}", stage.wait))
    process = command.start(tiny.folder, "grade", "01_1")
    stage.reached()
    pids = [pid for pid in leaks.living() if pid != process.pid]
    assert len(pids) >= 3  # the supervisor, the worker, the grandchild
    pidfds = [os.pidfd_open(pid) for pid in pids]
    process.kill()
    process.communicate()
    for pidfd in pidfds:  # a pidfd can be read when its process has ended
        assert select.select([pidfd], [], [], command.PATIENCE)[0]
        os.close(pidfd)
    # A killed process cannot tidy up; what it leaves is files in the temporary folder, no more.
    nothing_left.may_stay |= {path.name for path in nothing_left.folder.glob("grader-*")}
