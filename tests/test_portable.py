"""The form for any system: the same verdicts, and modules that need nothing of Linux."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from support import cases, command
from support.cases import Case
from support.courses import CHECKOUT, ENDS, SHORT_END, TELLS
from support.sessions import HANG, end_each, opened, tell
from test_statuses import STATUSES

from grader.failure import Failed, Status

pytestmark = pytest.mark.usefixtures("nothing_left")
METHODS = ["fork", "spawn", "forkserver"]

# What Windows and macOS lack, as modules and as names.
MISSING_MODULES = [
    *("resource", "fcntl", "termios", "pwd", "grp", "pty", "tty", "posix", "syslog"),
    *("multiprocessing.popen_fork", "multiprocessing.popen_forkserver", "_posixshmem"),
]
WITHOUT = f"""
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in {MISSING_MODULES!r}:
            raise ModuleNotFoundError("No module named %r: not on this system" % name, name=name)

for name in {MISSING_MODULES!r}:
    if name != "posix":  # os holds it already
        sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())

import os, select, signal, socket
for module, names in (
    (socket, ["AF_UNIX", "SO_PEERCRED", "SO_PASSCRED", "SCM_RIGHTS", "send_fds", "recv_fds",
              "SOCK_SEQPACKET", "MSG_DONTWAIT", "MSG_CMSG_CLOEXEC"]),
    (os, ["fork", "setsid", "pidfd_open", "waitid", "killpg", "getpgid", "mkfifo", "geteuid",
          "getuid", "register_at_fork", "memfd_create", "set_blocking", "O_NOFOLLOW",
          "O_NONBLOCK", "sched_getaffinity", "posix_spawn", "getloadavg", "sysconf"]),
    (select, ["poll", "epoll"]),
    (signal, ["SIGKILL", "SIGSTOP", "SIGCONT", "SIGHUP", "SIGCHLD", "SIGALRM", "pthread_sigmask",
              "set_wakeup_fd", "setitimer"]),
):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""
ONLY_LINUX = [
    "grader.system.linux",
    "grader.system.sandbox",
    "grader.system.cgroup",
    "grader.inside.kit.zygote",
    "grader.inside.kit.processes",
]


def modules() -> list[str]:
    """Every module of the grader that students get, but for those that are for Linux only."""
    found = []
    for path in sorted((CHECKOUT / "grader").rglob("*.py")):
        parts = path.relative_to(CHECKOUT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "authors" not in parts and "student" not in parts and "bare" not in parts:
            found.append(name)
    return [name for name in found if name not in ONLY_LINUX and name not in _RECORDERS]


# What makes notebooks and the book: for authors, on Linux.
_RECORDERS = [
    "grader.reading.recorder",
    "grader.reading.lesson_process",
]


def python(code: str, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *argv],
        capture_output=True,
        text=True,
        env=command.environment(),
        check=False,
    )


def test_every_module_for_all_systems_can_be_imported_without_what_linux_has():
    # Of other people's packages this machine has the Linux edition.
    code = (
        "import hypothesis, msgspec, psutil, pytest\n"
        + WITHOUT
        + textwrap.dedent(
            """
        import importlib
        for name in sys.argv[1:]:
            try:
                importlib.import_module(name)
            except Exception as error:
                print(f"{name}: {type(error).__name__}: {error}")
        assert not {"resource", "fcntl", "pwd"} & set(sys.modules)
        """
        )
    )
    ended = python(code, *modules())
    assert (ended.stdout, ended.stderr) == ("", "")
    assert len(modules()) > 20


def test_what_blocks_them_does_block():
    """Else the test above could not fail."""
    for name in ("resource", "fcntl"):
        ended = python(f"{WITHOUT}\nimport {name}")
        assert "not on this system" in ended.stderr
    for name in ("grader.system.linux", "grader.inside.kit.processes"):
        assert python(f"{WITHOUT}\nimport {name}").returncode == 1


PORTABLE_WORKER = """
import runpy
sys.path.insert(0, sys.argv.pop(1))
from kit import worker
worker.main()
"""


def test_a_worker_needs_nothing_of_linux_for_an_exercise_without_processes(monkeypatch):
    from grader.system import portable

    without = WITHOUT.replace('"SIGKILL", ', "")
    monkeypatch.setattr(portable, "_BOOT", without + PORTABLE_WORKER)
    with opened(TELLS, portable=True) as session:
        assert tell(session) == 4
        session.finish()


# -- the same verdicts ----------------------------------------------------------------------------

# What this form finds out in its own way; it sees no ports, and has no supervisor to kill.
SAME = [
    case
    for case in STATUSES
    if case.name
    in (
        *("passed", "wrong", "raises", "hangs", "crashes", "too many", "passed as well"),
        *("leaves a zombie", "leaves a grandchild"),
    )
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> cases.Graded:
    from support import leaks

    folder = tmp_path_factory.mktemp("portable")
    with leaks.nothing_left():
        return cases.grade(folder / "course", SAME, "--portable")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the cases use what Windows does not have")
@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_the_portable_form_comes_to_the_same_verdict(case: Case, graded: cases.Graded):
    result = graded.results[case.name]
    assert result.status is case.status, cases.said(result)
    assert case.words in cases.said(result)
    assert result.points == (3 if case.status is Status.PASSED else case.points)


@pytest.mark.slow
def test_the_record_says_that_callers_were_believed(graded):
    assert graded.ended.record.portable
    assert graded.ended.err == ""


@pytest.mark.parametrize("method", METHODS)
def test_callers_say_who_they_are_and_are_believed(method):
    with opened(ENDS, method=method, portable=True) as session:
        reports, report = session.reports()
        assert session.call("end_each", session.ctx, report, [1, 2]) == [0, 0]
        assert len({each.pid for each in reports.entries} - {session.worker_pid}) == 2
        assert {each.method for each in reports.entries} == {method}
        meeting, place = session.meeting(2)
        target = session.given("meet")
        assert session.call("end_each", session.ctx, target, [place] * 2) == [0, 0]
        assert len(set(meeting.pids)) == 2
        session.finish()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_semaphores_of_a_killed_tree_are_gone(method, nothing_left):
    source = f"""
import multiprocessing, signal
def end_each(ctx, target, numbers):
    multiprocessing.current_process()._config["semprefix"] = "/{nothing_left.mark}"
    lock = ctx.Lock()
    ctx.Process(target=signal.pause).start()
    signal.pause()
"""
    with (
        opened(source, method=method, limit=HANG, portable=True) as session,
        pytest.raises(Failed) as caught,
    ):
        end_each(session, [])
    assert caught.value.status is Status.TIMED_OUT


@pytest.mark.parametrize("method", METHODS)
def test_shared_memory_that_nobody_unlinks_is_named_and_gone(method, nothing_left):
    source = f"""
from multiprocessing.shared_memory import SharedMemory
def end_each(ctx, target, numbers):
    block = SharedMemory("{nothing_left.mark}-{method}", create=True, size=16)
    block.close()
    return []
"""
    with opened(source, method=method, portable=True) as session:
        assert end_each(session, []) == []
        with pytest.raises(Failed, match="1 shared memory had not been unlinked"):
            session.finish()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn"])
def test_a_hang_shows_the_files_own_line_in_every_process(method):
    source = """
import threading

def wait(entered):
    entered.set()
    threading.Event().wait()

def end_each(ctx, target, numbers):
    entered = ctx.Event()
    child = ctx.Process(target=wait, args=(entered,))
    child.start()
    entered.wait()
    child.join()
"""
    with (
        opened(source, method=method, limit=3.0, portable=True) as session,
        pytest.raises(Failed) as caught,
    ):
        end_each(session, [])
    heads = [line for line in caught.value.stacks if " stands at " in line]
    assert [line.partition(" stands at ")[2] for line in heads] == [
        "ex_01_2_end.py, line 13, in end_each",
        "ex_01_2_end.py, line 6, in wait",
    ]


def test_an_orphan_that_has_left_its_session_and_environment_is_found_if_it_was_seen():
    """A double fork that waits to be seen: what is known to have been below is ended."""
    source = """
import os, signal
def tell(numbers, say):
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        if os.fork() == 0:
            os.setsid()
            os.write(writer, b"!")
            signal.pause()
        signal.pause()
    os.read(reader, 1)
    say(1)
    os.kill(middle, signal.SIGKILL)
    os.waitpid(middle, 0)
    return 4
"""
    with opened(source, portable=True) as session:

        class Look:
            def __call__(self, number):
                session._submission.host.census()

        say = session.place(Look(), "say")
        assert session.call("tell", [], say) == 4
        with pytest.raises(Failed, match="1 process it started still run"):
            session.finish()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_that_was_killed_is_a_crash_and_says_how():
    for number, name in ((signal.SIGKILL, "SIGKILL"), (signal.SIGTERM, "SIGTERM")):
        source = f"import os\ndef tell(numbers, say):\n    os.kill(os.getpid(), {int(number)})\n"
        with (
            opened(source, portable=True) as session,
            pytest.raises(Failed, match=f"it was killed by {name}"),
        ):
            tell(session)


def test_a_right_file_is_right_here_too_after_a_wrong_one():
    with opened(SHORT_END, method="spawn", portable=True) as session:
        assert end_each(session, [3, 0]) == [3, 0]
        session.renew()
        assert end_each(session, [0, 3]) == [0, 3]
        session.finish()


def test_an_orphan_that_has_ended_is_not_the_submissions():
    """Whoever adopts it may take its time to wait for it."""
    source = """
import os


def tell(numbers, say):
    go, let_go = os.pipe()
    end, at_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(let_go)
        os.fork()
        os.read(go, 1)
        os._exit(0)
    os.close(at_end)
    say(1)
    os.close(let_go)
    os.waitpid(child, 0)
    os.read(end, 1)
    return 1
"""
    with opened(source, portable=True) as session:
        lookout, look = session.lookout("say")
        assert session.call("tell", [], look) == 1
        assert lookout.sightings
        session.finish()
