"""Level instructor: the same verdicts, from within a sandbox that shows nothing of the machine."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import cases, command, courses, leaks, sandboxes
from support.cases import Case
from support.courses import TELL, TINY
from test_statuses import STATUSES

from grader import submission as submissions
from grader.errors import WrongUse
from grader.failure import Failed, Status
from grader.session import Session
from grader.submission import Submission
from grader.system import Form, cgroup, sandbox

CHECKOUT = Path(__file__).resolve().parent.parent


pytestmark = sandboxes.needed

SAME = [
    case
    for case in STATUSES
    if case.name
    in (
        *("passed", "wrong", "raises", "exits", "hangs", "crashes", "passed as well"),
        *("leaves a thread", "leaves a zombie", "leaves a grandchild"),
    )
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> cases.Graded:
    folder = tmp_path_factory.mktemp("sandbox")
    return cases.grade(folder / "course", SAME, "--level", "instructor")


@pytest.mark.slow
@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_the_sandbox_comes_to_the_same_verdict(case: Case, graded: cases.Graded):
    result = graded.results[case.name]
    assert result.status is case.status, cases.said(result)
    assert case.words in cases.said(result)


@contextlib.contextmanager
def locked_in(lines: str) -> Iterator[Session]:
    """A session with a submission whose ``tell`` runs some lines."""
    body = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    source = f"import os, signal, socket\n\ndef tell(numbers, say):\n{body}\n"
    submission = Submission(
        source.encode(),
        TELL,
        python=sys.executable,
        course=TINY,
        drivers="drive_01_1",
        processes=False,
        form=Form.SANDBOX,
    )
    session = Session(submission, ["tell"], None, 20.0)
    try:
        session.begin()
        yield session
    finally:
        session.close()
        submission.close()


def seen_inside(lines: str) -> object:
    """What a submission returns in a sandbox."""
    with locked_in(lines) as session:
        return session.call("tell", [1], 0)


def failure_inside(lines: str) -> Failed:
    """How a submission fails in a sandbox."""
    with locked_in(lines) as session, pytest.raises(Failed) as caught:
        session.call("tell", [1], 0)
    return caught.value


def test_nothing_of_the_course_or_of_the_user_is_visible():
    paths = [
        str(CHECKOUT),
        str(Path.home()),
        "/etc/passwd",
        "/course/properties",
        "/course/solutions",
    ]
    assert seen_inside(f"return [path for path in {paths!r} if os.path.exists(path)]") == []
    names = seen_inside("return sorted(os.environ)")
    assert isinstance(names, list)
    assert {"HOME", "TMPDIR", "GRADER_WITNESS"} <= set(names)
    assert set(names) <= {
        *("GRADER_WITNESS", "HOME", "LANG", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PWD", "TMPDIR"),
    }


def test_it_sees_only_its_own_processes_and_cannot_harm_the_one_above():
    lines = """
for number in (signal.SIGKILL, signal.SIGSTOP):
    os.kill(1, number)
return sorted(int(name) for name in os.listdir("/proc") if name.isdigit()) == [1, os.getpid()]
"""
    assert seen_inside(lines.strip()) is True


def test_there_is_no_network_but_loopback():
    lines = """
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
return [name for _, name in socket.if_nameindex()]
"""
    assert seen_inside(lines.strip()) == ["lo"]


def test_what_is_given_is_read_only():
    lines = """
refused = []
for path in ("/submission/x", "/course/given/x", "/grader/x", "/usr/x", "/x"):
    try:
        open(path, "w").close()
    except OSError:
        refused.append(path)
return len(refused)
"""
    assert seen_inside(lines.strip()) == 5


def test_another_submission_is_not_visible():
    with locked_in("return 0") as other:
        other.call("tell", [1], 0)
        lines = """
found = []
for root in ("/submission", "/w", "/tmp", "/dev/shm", "/course", "/grader"):
    for folder, _, names in os.walk(root):
        found += [f"{folder}/{name}" for name in names if name.endswith(".py") or root == "/w"]
return sorted(name for name in found if not name.startswith("/grader/kit/"))
"""
        seen = seen_inside(lines)
    assert isinstance(seen, list)
    # What lies in /w beside the witness cannot even be listed.
    assert [name for name in seen if name.startswith(("/submission", "/w"))] == [
        f"/submission/{TELL}"
    ]
    assert all(name.startswith(("/submission/", "/course/")) for name in seen)
    assert not [name for name in seen if "props_" in name or "solutions" in name]


def test_pid_1_cannot_be_looked_into():
    lines = """
import ctypes
refused = []
for name in ("mem", "environ", "maps", "cwd", "root", "exe", "fd"):
    try:
        os.listdir(f"/proc/1/{name}") if name == "fd" else open(f"/proc/1/{name}", "rb").read(1)
    except OSError:
        refused.append(name)
libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE, PIDFD_GETFD = 16, 0x4206, 438
pidfd = os.pidfd_open(1)
seized = [libc.ptrace(ATTACH, 1, 0, 0), libc.ptrace(SEIZE, 1, 0, 0)]
taken = [libc.syscall(PIDFD_GETFD, pidfd, number, 0) for number in range(3, 10)]
return [refused, seized, set(taken)]
"""
    refused, seized, taken = seen_inside(lines)  # type: ignore[misc]
    assert refused == ["mem", "environ", "maps", "cwd", "root", "exe", "fd"]
    assert seized == [-1, -1]
    assert taken == {-1}


def test_no_more_rights_can_be_had():
    lines = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
NEWUSER, NEWNS, NEWPID = 0x10000000, 0x00020000, 0x20000000
rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
new = [libc.unshare(each) for each in (NEWUSER, NEWNS, NEWPID)]
mounted = libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
(no_new,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")]
return [set(rights), new, mounted, no_new]
"""
    assert seen_inside(lines) == [{"0" * 16}, [-1, -1, -1], -1, "1"]


def test_the_machines_own_services_are_out_of_reach():
    """Not even a server on the same machine: loopback is the sandbox's own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        lines = f"""
try:
    socket.create_connection(("127.0.0.1", {port}), 1)
except OSError as error:
    return type(error).__name__
"""
        assert seen_inside(lines) == "ConnectionRefusedError"
    failed = failure_inside("socket.create_connection(('192.0.2.1', 80), 2)")
    assert failed.status is Status.RAISED
    assert "there is no network but 127.0.0.1" in failed.says


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("open('/tmp/a', 'wb').write(bytes(40 * 2**20))", "a file may have 32 MB"),
        ("for n in 'abc': open('/tmp/' + n, 'wb').write(bytes(30 * 2**20))", "64 MB each"),
        ("for n in 'abc': open('/dev/shm/' + n, 'wb').write(bytes(30 * 2**20))", "64 MB each"),
        ("kept = [os.pipe() for _ in range(300)]", "512 files open"),
        ("open('/submission/x', 'w')", "only /tmp and /dev/shm can be written to"),
    ],
)
def test_a_limit_is_named(lines, words):
    failed = failure_inside(lines)
    assert failed.status is Status.RAISED
    assert words in failed.says


def limited(monkeypatch: pytest.MonkeyPatch, **limits: object) -> None:
    settings = functools.partial(submissions.HostSettings, **limits)
    monkeypatch.setattr(submissions, "HostSettings", settings)


def test_seconds_of_cpu_are_limited(monkeypatch):
    limited(monkeypatch, max_cpu=1.0)
    failed = failure_inside("while True: pass")
    assert failed.status is Status.TOO_MANY
    assert "s of CPU" in failed.says


@sandboxes.with_group
def test_memory_is_limited_and_named(monkeypatch):
    monkeypatch.setattr(sandbox, "_MAX_MEMORY", 128 * 1024**2)
    failed = failure_inside("kept = bytearray(b'x') * (300 * 2**20)\nreturn len(kept)")
    assert failed.status is Status.CRASHED
    assert "MB of memory" in failed.says


def test_tasks_are_limited(monkeypatch):
    limited(monkeypatch, max_processes=1000)
    lines = """
children = []
try:
    while True:
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
"""
    failed = failure_inside(lines)
    assert failed.status is Status.RAISED
    assert "160 processes and threads" in failed.says


def test_nothing_is_left(nothing_left):
    """No process, no control group, no file: after a crash, a hang and a storm of processes."""
    nothing_left.may_stay.add(sandbox._cache().name)
    groups = [
        Path("/sys/fs/cgroup", controller, path.lstrip("/"))
        for line in Path("/proc/self/cgroup").read_text().splitlines()
        for _, controller, path in [line.split(":", 2)]
    ]

    def ours() -> list[Path]:
        mine = f"grader-{os.getpid()}-*"
        return [each for group in groups if group.is_dir() for each in group.glob(mine)]

    before = set(leaks.living())
    for lines in (
        "return 1",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "while True:\n    try: os.fork()\n    except OSError: pass",
    ):
        with locked_in(lines) as session:
            with contextlib.suppress(Failed):
                session.call("tell", [1], 0)
            assert set(leaks.living()) - before
    assert set(leaks.living()) == before
    assert ours() == []


@sandboxes.with_group
def test_groups_of_a_grader_that_was_killed_are_removed_by_the_next_one(monkeypatch):
    ended = os.fork()
    if ended == 0:
        cgroup._made = 0
        os._exit(0 if cgroup.make(2**26, 60) else 1)
    assert os.waitpid(ended, 0)[1] == 0
    monkeypatch.setattr(cgroup, "_OLD", -1.0)
    cgroup._sweep.cache_clear()
    group = cgroup.make(2**26, 60)
    assert group is not None
    left = [each for folder in group.folders for each in folder.parent.glob(f"grader-{ended}-*")]
    group.remove()
    assert left == []


@sandboxes.with_group
def test_what_is_left_in_a_group_is_a_fault_not_a_pass(monkeypatch):
    """That nothing is left is looked at, not assumed."""
    group = cgroup.make(2**26, 60)
    assert group is not None
    pid = os.fork()
    if pid == 0:
        group.enter()
        os.kill(os.getpid(), 19)
        os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    monkeypatch.setattr(cgroup, "_EMPTY_WITHIN", 0.05)
    with pytest.raises(RuntimeError, match="are still in"):
        group.remove()
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    monkeypatch.undo()
    group.remove()


def test_a_sandbox_that_cannot_be_made_is_no_failure_of_the_student(monkeypatch, tmp_path):
    """bubblewrap worked when it was tried, and does not any more."""
    monkeypatch.setattr(sandbox, "_bwrap", lambda *args: ["sh", "-c", "echo broken >&2; exit 1"])
    with locked_in("return 1") as session, pytest.raises(RuntimeError, match="broken"):
        session.call("tell", [1], 0)


def test_from_a_clone_that_nobody_else_can_read(tmp_path):
    course = courses.copy(tmp_path / "private")
    course.put(courses.TELLS)
    for folder in (course.folder, course.folder / "exercises"):
        folder.chmod(0o700)
    ended = command.grade(course.folder, "01_1", "--level", "instructor")
    assert ended.result("01_1").status is Status.PASSED


def refused(tmp_path: Path, change: Callable[[courses.Copy], None], **environ: str) -> str:
    """What is said where level instructor refuses; it grades nothing then."""
    course = courses.copy(tmp_path / "tiny")
    course.put(courses.TELLS)
    change(course)
    ended = command.run(course.folder, "grade", "01_1", "--level", "instructor", **environ)
    assert ended.code == 2
    assert "passed" not in ended.out
    return " ".join((ended.out + ended.err).split())


def test_without_bubblewrap_it_refuses_and_says_what_helps(tmp_path):
    (tmp_path / "bin").mkdir()
    said = refused(tmp_path, lambda course: None, PATH=str(tmp_path / "bin"))
    assert "needs bubblewrap" in said
    assert "apt install bubblewrap" in said


@pytest.mark.skipif(os.getuid() != 0, reason="submissions run as the same user here")
def test_a_temporary_folder_that_submissions_cannot_enter(tmp_path):
    folder = tempfile.mkdtemp()
    try:
        said = refused(tmp_path, lambda course: None, TMPDIR=folder)
    finally:
        shutil.rmtree(folder)
    assert "Set TMPDIR to one that all may enter" in said


def test_a_course_that_every_sandbox_shows_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "_SYSTEM", (str(tmp_path),))
    (tmp_path / "exercises/given").mkdir(parents=True)
    with pytest.raises(WrongUse, match="its solutions too"):
        sandbox.stage(tmp_path / "exercises", sys.executable)
