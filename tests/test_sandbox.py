"""Level instructor: the same verdicts, from within a sandbox that shows nothing of the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support import cases
from support.cases import Case
from support.courses import TELL, TINY
from test_statuses import STATUSES

from grader.session import Session
from grader.submission import Submission
from grader.system import Form, sandbox

CHECKOUT = Path(__file__).resolve().parent.parent


def _missing() -> str:
    """What keeps a sandbox from being made here; nothing where it can be made."""
    if sys.platform != "linux":
        return "Linux"
    return "; ".join(each.what for each in sandbox.probe() if each.needed and not each.well)


MISSING = _missing()
if MISSING and os.environ.get("REQUIRE_SANDBOX"):
    pytest.fail(f"CI must make sandboxes, and cannot: {MISSING}", pytrace=False)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"no sandbox here: {MISSING}")

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


def seen_inside(lines: str) -> object:
    """What a submission returns in a sandbox."""
    body = "\n".join(f"    {line}" for line in lines.splitlines())
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
        return session.call("tell", [1], 0)
    finally:
        session.close()
        submission.close()


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
