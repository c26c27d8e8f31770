"""A failed call again, by hand: the same input, prints at once, a debugger, and nothing left."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import sys
import time
from pathlib import Path

import pytest
from support import command
from support.courses import END, SHORT_END, SHORT_TELL, TELL, Copy

from grader import course as courses
from grader import repro
from grader.inside.kit import wire

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal, and who is left"),
]
slow = pytest.mark.slow

ONE = "def tell(numbers, say):\n    print('called with', numbers)\n    return 1\n"
IN_A_ROW = SHORT_END.replace(
    "        child.start()\n    for", "        child.start()\n        child.join()\n    for"
)


@pytest.fixture
def failed(tiny: Copy) -> Copy:
    """A course whose first exercise was graded and is wrong."""
    tiny.put(ONE)
    assert command.grade(tiny.folder, "01_1").code == 1
    return tiny


def remembered(tiny: Copy, exercise: str = "01_1") -> dict[str, dict[str, object]]:
    """The first finding of each property, as the grading kept it."""
    kept = json.loads((tiny.folder / f"build/last/{exercise}.json").read_text("utf-8"))["result"]
    found = {}
    for each in kept["properties"]:
        findings = [run["finding"] for run in each["runs"] if run["finding"] is not None]
        found[each["id"]] = findings[0] if findings else {}
    return found


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, course: Path, *argv: str) -> None:
        self.said = ""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                line = command.words(course, *argv)
                os.chdir(course.parent)
                os.execve(line[0], line, command.environment(TERM="dumb"))
            finally:
                os._exit(99)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._fd, text.encode())

    def until(self, words: str) -> str:
        """Wait until certain words are said, and return what was said since the last time."""
        deadline = time.monotonic() + command.PATIENCE
        while words not in self.said:
            assert self._read(deadline), f"it ended without {words!r}:\n{self.said}"
        before, self.said = self.said.split(words, 1)
        return before + words

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        deadline = time.monotonic() + command.PATIENCE
        while self._read(deadline):
            pass
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], max(deadline - time.monotonic(), 0))
        assert ready, f"nothing more was said:\n{self.said}"
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # how Linux says that nobody has the terminal any more
            return False
        self.said += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)


# -- the same call ---------------------------------------------------------------------------------


def test_the_call_is_made_again_with_the_input_that_failed(failed: Copy) -> None:
    found = remembered(failed)["P1"]
    numbers = wire.decode(found["replay"])["numbers"]
    assert repr(numbers) == found["inputs"]["numbers"]
    ended = command.run(failed.folder, "repro", "01_1", "P1")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "01_1 P1, with ex_01_1_tell.py as it is now.",
        f"  numbers = {numbers!r}",
        "No time limit; Ctrl-C ends it. What your code prints follows.",
        "",
        f"called with {numbers!r}",
        "",
        "      This is not the sum.",
        f"      call      tell({numbers!r}, <say>)",
        "      got       1",
        f"      expected  {sum(numbers)}",
    ]


def test_small_letters_are_understood_and_each_property_has_its_own_call(failed: Copy) -> None:
    ended = command.run(failed.folder, "repro", "1_1", "p2")
    assert ended.code == 1
    assert "01_1 P2, with ex_01_1_tell.py as it is now." in ended.out
    assert "These are not the numbers that were to be told." in ended.out


def test_a_file_mended_since_then_is_right_now(failed: Copy) -> None:
    failed.put("print('loaded')\n" + SHORT_TELL)
    for name in ("P1", "P2"):
        ended = command.run(failed.folder, "repro", "01_1", name)
        assert (ended.code, ended.err) == (0, "")
        assert "\nloaded\n" in ended.out
        assert re.search(
            r"\nIt is right now\. Grade it: python3? -m grader grade 01_1\n", ended.out
        )


def test_a_file_that_fails_in_another_way_now_says_so(failed: Copy) -> None:
    failed.put("def tell(numbers, say):\n    raise OSError('no paper')\n")
    ended = command.run(failed.folder, "repro", "01_1", "P1")
    assert ended.code == 1
    assert "OSError: no paper" in ended.out
    failed.put("def tell(numbers, say:\n")
    ended = command.run(failed.folder, "repro", "01_1", "P1")
    assert ended.code == 1
    assert "cannot be imported: SyntaxError" in ended.out


def test_a_file_that_lies_elsewhere_is_found_again(tiny: Copy) -> None:
    elsewhere = tiny.folder.parent / "my files"
    elsewhere.mkdir()
    (elsewhere / TELL).write_text(ONE)
    assert command.grade(tiny.folder, "01_1", "--from", str(elsewhere)).code == 1
    ended = command.run(tiny.folder, "repro", "01_1", "P1")
    assert ended.code == 1
    assert "called with" in ended.out


@slow
def test_under_the_method_that_is_asked_for(tiny: Copy) -> None:
    wrong = SHORT_END.replace("return [", "print(ctx.get_start_method())\n    return [1 + ")
    tiny.put(wrong, END)
    methods = ("fork", "spawn")
    asked = [word for name in methods for word in ("--start-method", name)]
    assert command.grade(tiny.folder, "01_2", "--property", "P2", *asked).code == 1
    for name in methods:
        ended = command.run(tiny.folder, "repro", "01_2", "P2", "--start-method", name)
        assert ended.code == 1
        assert f"01_2 P2 under {name}, with" in ended.out
        assert f"\n{name}\n" in ended.out
    ended = command.run(tiny.folder, "repro", "01_2", "P2", "--start-method", "forkserver")
    assert (ended.code, ended.out) == (2, "")


@slow
def test_where_processes_wait_for_each_other(tiny: Copy) -> None:
    """A property that would wait for ever at a meeting point is judged, as in the grading."""
    tiny.put(IN_A_ROW, END)
    only = ("--property", "P1", "--start-method", "fork")
    assert command.grade(tiny.folder, "01_2", *only).code == 1
    ended = command.run(tiny.folder, "repro", "01_2", "P1")
    assert ended.code == 1
    assert "only 1 came to the meeting point" in ended.out.replace("\n      ", " ")
    tiny.put(SHORT_END, END)
    assert command.run(tiny.folder, "repro", "01_2", "P1").code == 0


# -- at a terminal ---------------------------------------------------------------------------------


def test_a_breakpoint_in_the_students_file_works(failed: Copy) -> None:
    numbers = remembered(failed)["P1"]["inputs"]["numbers"]
    failed.put(ONE.replace("    return", "    breakpoint()\n    return"))
    terminal = Terminal(failed.folder, "repro", "01_1", "P1")
    assert f"called with {numbers}\n" in terminal.until("(Pdb) ")
    terminal.type("p numbers\n")
    assert f"\n{numbers}\n" in terminal.until("(Pdb) ")
    terminal.type("!numbers.clear()\n")
    terminal.until("(Pdb) ")
    terminal.type("c\n")
    code = terminal.end()
    assert "tell changed what it was given" in terminal.said
    assert code == 1


def test_input_is_read_from_the_terminal(failed: Copy) -> None:
    failed.put("def tell(numbers, say):\n    return int(input('sum? '))\n")
    terminal = Terminal(failed.folder, "repro", "01_1", "P1")
    terminal.until("sum? ")
    terminal.type(f"{sum(wire.decode(remembered(failed)['P1']['replay'])['numbers'])}\n")
    code = terminal.end()
    assert "It is right now." in terminal.said
    assert code == 0


HANGS = """
import multiprocessing
import os
import signal


def stay(line):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    line.send(os.getpid())
    signal.pause()


def end_each(ctx, target, numbers):
    ours, theirs = ctx.Pipe()
    ctx.Process(target=stay, args=(theirs,)).start()
    print("it lives:", ours.recv(), flush=True)
    DETACH
    signal.pause()
"""


@pytest.mark.parametrize(
    "detach", ["pass", "signal.signal(signal.SIGINT, signal.SIG_IGN)"], ids=["polite", "deaf"]
)
def test_ctrl_c_leaves_nothing(tiny: Copy, detach: str) -> None:
    """Not the student's own process, and not its child, though that is deaf to every request."""
    tiny.put(SHORT_END.replace("return [", "return [1 + "), END)
    only = ("--property", "P2", "--start-method", "fork")
    assert command.grade(tiny.folder, "01_2", *only).code == 1
    tiny.put(HANGS.replace("DETACH", detach), END)
    terminal = Terminal(tiny.folder, "repro", "01_2", "P2")
    terminal.until("it lives: ")
    terminal.until("\n")
    terminal.type("\x03")
    code = terminal.end()
    assert "Stopped. Nothing is left running." in terminal.said
    assert "Traceback" not in terminal.said
    assert code == 130


# -- wrong use -------------------------------------------------------------------------------------

AGAIN = r"Grade it first: python3? -m grader grade 01_1"


def refused(course: Copy, *words: str) -> str:
    """The one line that a command is refused with."""
    ended = command.run(course.folder, "repro", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1, ended.err
    return ended.err.rstrip("\n")


def test_what_was_never_graded_is_one_line(tiny: Copy) -> None:
    line = refused(tiny, "01_1", "P1")
    assert re.fullmatch(rf"Exercise 01_1 was not graded here yet\. {AGAIN}", line)


def test_what_there_is_not_is_one_line(failed: Copy) -> None:
    line = refused(failed, "01_1", "P9")
    assert re.fullmatch(rf"Exercise 01_1 has no results for 'P9'; it has P1, P2\. {AGAIN}", line)
    assert refused(failed, "07_1", "P1").startswith("There is no exercise '07_1'.")
    assert refused(failed, "01", "P1").startswith("Lesson 01 has several exercises;")
    assert "required: property" in refused(failed, "01_1")


def test_what_did_not_fail_is_one_line(tiny: Copy) -> None:
    tiny.put(SHORT_TELL.replace("say(number)", "pass"))
    assert command.grade(tiny.folder, "01_1").code == 1
    assert refused(tiny, "01_1", "P1") == "P1 did not fail when exercise 01_1 was graded last."
    tiny.put(SHORT_TELL)
    assert command.grade(tiny.folder, "01_1").code == 0
    assert refused(tiny, "01_1", "P2") == "P2 did not fail when exercise 01_1 was graded last."


def test_a_file_that_is_gone_is_one_line(failed: Copy) -> None:
    path = failed.folder / "exercises" / TELL
    path.unlink()
    assert refused(failed, "01_1", "P1") == f"There is no file {path}."


def test_a_stub_was_not_run(tiny: Copy) -> None:
    assert command.grade(tiny.folder, "01_1").code == 1
    assert refused(tiny, "01_1", "P1").startswith(
        "Exercise 01_1 has no results for 'P1'; it has none. Grade it first: "
    )


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "{}", '{"result": {}, "folder": "x"}', '{"result": 1}', "\xff"]
)
def test_a_damaged_memory_is_one_line(tiny: Copy, kept: str) -> None:
    path = tiny.folder / "build/last/01_1.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(kept.encode("latin-1"))
    course = courses.load(tiny.folder)
    with pytest.raises(repro.WrongUse, match=AGAIN):
        repro.run(course, course.one("01_1"), "P1", None)


def test_a_property_that_is_gone_since_then_is_one_line(failed: Copy) -> None:
    path = failed.folder / "exercises/properties/props_01_1_tell.py"
    path.write_text(path.read_text("utf-8").replace("test_p1_", "test_p7_"), encoding="utf-8")
    assert refused(failed, "01_1", "P1") == "props_01_1_tell.py has no property P1."


def test_a_property_that_takes_something_else_now_is_one_line(failed: Copy) -> None:
    path = failed.folder / "exercises/properties/props_01_1_tell.py"
    text = path.read_text("utf-8").replace("numbers", "counts")
    path.write_text(text, encoding="utf-8")
    line = refused(failed, "01_1", "P1")
    assert re.fullmatch(rf"The property was changed since the last grading\. {AGAIN}", line)
