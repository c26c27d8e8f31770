"""Recorded lessons: what is put out, by whom, in which cell; and the notebooks made of it.

The lessons here are tiny courses in a temporary folder. Nothing in them waits for a clock.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import select
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pytest
from support import leaks

from grader import cli
from grader.errors import GraderFault, WrongUse
from grader.inside.kit import processes
from grader.reading import cells, notebooks, recorder, rich
from grader.reading.normal import Normaliser, PidSpan
from grader.reading.recording import RecordedCell, Recording, Rich, State, Write

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="lessons are recorded on Linux"),
    pytest.mark.usefixtures("nothing_left"),
]

HOME = Path(recorder.HOME)
METHODS = multiprocessing.get_all_start_methods()
MODULE = "lessons.lesson_01_tiny"
IMPORTS = """
    # %% [markdown]
    # # Lesson 01 · Tiny

    # %%
    import multiprocessing as mp
    import os
    import subprocess
    import sys
    import threading

    from grader.reading import expect, show


    # %%
    if __name__ == "__main__":
        ctx = mp.get_context(os.environ.get("START") or None)
"""
# Waits for ever, deaf to nothing, and leaves the waiting to the one who started it.
STAY = "import threading; threading.Event().wait()"


class Small:
    """A course with one lesson."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "build" / "notebooks"
        self.path = folder / "lessons" / "lesson_01_tiny.py"
        self.path.parent.mkdir()
        (folder / "lessons" / "__init__.py").touch()
        (folder / "course.toml").write_text('title = "Tiny"\n')

    def write(self, text: str, imports: bool = True) -> None:
        """Write the lesson; the names of ``IMPORTS`` are there before its first cell."""
        before = textwrap.dedent(IMPORTS) if imports else ""
        self.path.write_text(before + "\n\n" + textwrap.dedent(text).strip("\n") + "\n")

    def record(self, text: str, method: str | None = None) -> Recording:
        """Write the lesson and record it."""
        self.write(text)
        return recorder.record(self.folder, MODULE, start_method=method)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def acting(recording: Recording) -> list[RecordedCell]:
    """The cells that put something out."""
    return [each for each in recording.cells if each.outputs]


def only(recording: Recording) -> RecordedCell:
    (cell,) = acting(recording)
    return cell


def lines(cell: RecordedCell) -> list[tuple[str, str, str]]:
    """Every line with its stream and its writer; each was one write."""
    return [(each.stream, each.writer.label, each.text.rstrip("\n")) for each in cell.writes]


# --- what is put out ----------------------------------------------------------------------------


def test_order_of_the_two_streams(small: Small) -> None:
    recording = small.record("""
        # %%
        if __name__ == "__main__":
            for number in range(20):
                print("out", number)
                print("err", number, file=sys.stderr)
    """)
    expected = [
        (stream, "main", f"{word} {number}")
        for number in range(20)
        for stream, word in (("stdout", "out"), ("stderr", "err"))
    ]
    assert lines(only(recording)) == expected
    outputs = notebooks.build(recording).cells[-1].outputs
    assert [each.name for each in outputs] == ["stdout", "stderr"] * 20
    assert recording.good
    assert (recording.state, recording.code) == (State.ENDED, 0)


@pytest.mark.parametrize("method", METHODS)
def test_who_wrote_what(small: Small, method: str) -> None:
    recording = small.record(
        """
        # %%
        def greet(word):
            print(word, os.getpid())


        # %%
        if __name__ == "__main__":
            print("I am", os.getpid())
            p = ctx.Process(target=greet, args=("hello",), name="greeter")
            p.start()
            p.join()
            print("it was", p.pid)
            p.close()
            del p
            subprocess.run(["sh", "-c", "echo I am $$; echo oops >&2"], check=True)
        """,
        method,
    )
    written = lines(only(recording))
    greeter, shell = written[1][2].split()[1], written[3][2].split()[-1]
    assert written == [
        ("stdout", "main", "I am 1000"),
        ("stdout", "greeter", f"hello {greeter}"),
        ("stdout", "main", f"it was {greeter}"),
        ("stdout", f"process {shell}", f"I am {shell}"),
        ("stderr", f"process {shell}", "oops"),
    ]
    assert 1000 < int(greeter) < int(shell) < 1010
    assert (recording.start_method, recording.chosen) == (method, True)


@pytest.mark.parametrize("method", METHODS)
def test_a_child_ticks_through_the_cells(small: Small, method: str) -> None:
    """What a child writes belongs to the cell in which it wrote, not to that which started it."""
    tick = """
        # %%
        if __name__ == "__main__":
            ours.send("{0}")
            ours.recv()
    """
    recording = small.record(
        """
        # %%
        def clock(line):
            while (word := line.recv()) != "end":
                print("tick", word)
                line.send("ticked")
            print("end")


        # %%
        if __name__ == "__main__":
            ours, theirs = ctx.Pipe()
            p = ctx.Process(target=clock, args=(theirs,), name="clock")
            p.start()
            theirs.close()
        """
        + tick.format("A")
        + tick.format("B")
        + """
        # %%
        if __name__ == "__main__":
            print("no tick here", end="")

        # %%
        if __name__ == "__main__":
            ours.send("end")
            p.join()
        """,
        method,
    )
    assert [lines(each) for each in acting(recording)] == [
        [("stdout", "clock", "tick A")],
        [("stdout", "clock", "tick B")],
        [("stdout", "main", "no tick here")],
        [("stdout", "clock", "end")],
    ]


@pytest.mark.parametrize("method", METHODS)
def test_no_line_is_torn(small: Small, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    recording = small.record(
        """
        # %%
        def chat(name, barrier):
            barrier.wait()
            for number in range(500):
                print(name, number, "x" * 40)


        # %%
        if __name__ == "__main__":
            print("unbuffered:", "PYTHONUNBUFFERED" in os.environ)
            barrier = ctx.Barrier(4)
            names = ["p0", "p1", "p2", "p3"]
            talkers = [ctx.Process(target=chat, args=(name, barrier), name=name) for name in names]
            for p in talkers:
                p.start()
            for p in talkers:
                p.join()
        """,
        method,
    )
    first, *written = only(recording).writes
    assert first.text == "unbuffered: False\n"
    for talker in ("p0", "p1", "p2", "p3"):
        own = "".join(each.text for each in written if each.writer.label == talker)
        assert own.splitlines() == [f"{talker} {number} {'x' * 40}" for number in range(500)]
    assert len(only(recording).text().splitlines()) == 2001


def test_long_writes_and_cut_characters(small: Small) -> None:
    recording = small.record("""
        # %%
        if __name__ == "__main__":
            print("a" * 150_000)
            for byte in "进".encode():
                os.write(1, bytes([byte]))
                os.write(2, b"!")
            os.write(1, b"\\xe8\\n")
    """)
    cell = only(recording)
    assert cell.text() == "a" * 150_000 + "\n进\ufffd\n"
    assert cell.text("stderr") == "!!!"


@pytest.mark.parametrize("method", METHODS)
def test_pools_and_what_is_shared(small: Small, method: str) -> None:
    """Workers, managers, executors: all of them find the lesson's functions by its name."""
    recording = small.record(
        """
        # %%
        from concurrent.futures import ProcessPoolExecutor


        def square(number):
            return number * number, __name__


        # %%
        if __name__ == "__main__":
            with ctx.Pool(2) as pool:
                print([each for each, _ in pool.map(square, range(4))])

        # %%
        if __name__ == "__main__":
            with ProcessPoolExecutor(1, mp_context=ctx) as executor:
                print(executor.submit(square, 5).result())
            with ctx.Manager() as manager:
                print(manager.list("ab"))
        """,
        method,
    )
    name = "__main__" if method == "fork" else "__mp_main__"
    assert [each.text() for each in acting(recording)] == [
        "[0, 1, 4, 9]\n",
        f"(25, '{name}')\n['a', 'b']\n",
    ]
    assert recording.good


def test_the_future_holds_in_later_cells(small: Small) -> None:
    small.write(
        """
        # %%
        from __future__ import annotations

        # %%
        def later(x: not_defined_anywhere):
            return later.__annotations__


        # %%
        if __name__ == "__main__":
            print(later(1))
        """,
        imports=False,
    )
    recording = recorder.record(small.folder, MODULE)
    assert only(recording).text() == "{'x': 'not_defined_anywhere'}\n"


def test_it_is_as_under_python_m(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.write("""
        # %%
        if __name__ == "__main__":
            print(__name__, __package__, __spec__.name, __file__, sys.argv)
            print(sys.path[0], os.getcwd())
            print(__doc__, type(__loader__).__name__, vars(sys.modules["__main__"]) is globals())
            print(sorted(name for name in globals() if name.startswith("_")))
    """)
    monkeypatch.setenv("PYTHONPATH", str(HOME))
    monkeypatch.delenv("START", raising=False)
    plain = subprocess.run(
        [sys.executable, "-m", MODULE], cwd=small.folder, capture_output=True, text=True, check=True
    )
    recording = recorder.record(small.folder, MODULE)
    assert only(recording).text() == plain.stdout.replace(str(small.folder), "/course")
    assert (recording.start_method, recording.chosen) == (METHODS[0], False)


# --- show and expect ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_show_and_expect(small: Small, method: str) -> None:
    recording = small.record(
        """
        # %%
        class Table:
            def __repr__(self):
                return f"a table, {os.getpid()}"

            def _repr_html_(self):
                return f"<b>{os.getpid()}</b>" + "<p>" * 100_000


        # %%
        if __name__ == "__main__":
            print("before", end=" ")
            show(Table())
            print("after")
            show("no more than text")
            with expect(ZeroDivisionError, TypeError) as caught:
                1 / 0
            print(type(caught.error))

        # %%
        if __name__ == "__main__":
            p = ctx.Process(target=show, args=(Table(),), name="child")
            p.start()
            p.join()
        """,
        method,
    )
    here, child = acting(recording)
    before, table, *rest = here.outputs
    assert isinstance(before, Write)
    assert before.text == "before "
    assert table == Rich(
        {"text/plain": "a table, 1000", "text/html": "<b>1000</b>" + "<p>" * 100_000}
    )
    assert [each.text for each in rest if isinstance(each, Write)] == [
        "after\n",
        "no more than text\n",
        "ZeroDivisionError: division by zero\n",
        "<class 'ZeroDivisionError'>\n",
    ]
    ((_, label, text),) = lines(child)
    assert label == "child"
    assert re.fullmatch(r"a table, 100\d", text)
    displayed = [each for each in notebooks.build(recording).cells[-2].outputs if "data" in each]
    assert [sorted(each.data) for each in displayed] == [["text/html", "text/plain"]]


def test_forms_of_pictures() -> None:
    class Drawing:
        def _repr_svg_(self) -> str:
            return "<svg/>"

        def _repr_png_(self) -> bytes:
            return b"png"

        def __str__(self) -> str:
            return "drawn"

    class Figure:
        def savefig(self, file: object, format: str) -> None:
            file.write(format.encode())  # type: ignore[attr-defined]

    assert rich.forms(Drawing()) == {
        "text/plain": "drawn",
        "image/svg+xml": "<svg/>",
        "image/png": "cG5n",
    }
    assert rich.forms(Figure())["image/png"] == "cG5n"
    assert rich.forms(7) == {"text/plain": "7"}


def test_show_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rich.show({"tea": 1})
    assert capsys.readouterr().out == "{'tea': 1}\n"


def test_what_lessons_import_is_light() -> None:
    """No package, nothing of the recorder, and nothing that a lesson is about."""
    code = "import sys; import grader.reading; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {each for each in loaded if each.startswith("grader")} == {
        "grader",
        "grader.reading",
        "grader.reading.rich",
    }
    assert not loaded & {"multiprocessing", "subprocess", "socket", "json", "threading", "nbformat"}


# --- how a lesson ends --------------------------------------------------------------------------


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Clock:
    """A clock on which an hour passes as soon as a file is there."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def monotonic(self) -> float:
        return time.monotonic() + (3600 if self.file.exists() else 0)


def test_the_time_limit(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child in a session of its own would survive the end of the lesson's process group."""
    monkeypatch.setattr(recorder, "time", Clock(small.folder / "hangs"))
    recording = small.record(
        f"""
        # %%
        if __name__ == "__main__":
            print("all is well")
            stay = subprocess.Popen(
                [sys.executable, "-c", "print('here', flush=True); {STAY}"],
                start_new_session=True,
                stdout=subprocess.PIPE,
            )
            stay.stdout.readline()
            with open("pids", "w") as file:
                print(os.getpid(), stay.pid, file=file)

        # %%
        if __name__ == "__main__":
            print("now it hangs")
            open("hangs", "w").close()
            threading.Event().wait()

        # %%
        if __name__ == "__main__":
            print("never")
        """
    )
    assert [each.text() for each in acting(recording)] == ["all is well\n", "now it hangs\n"]
    assert (recording.state, recording.code, recording.good) == (State.TIMED_OUT, None, False)
    assert recording.seconds > 3600
    assert all(gone(int(pid)) for pid in (small.folder / "pids").read_text().split())
    (complaint,) = notebooks.complaints(recording)
    assert re.fullmatch(r"timed out in the cell at line \d+", complaint)
    assert '"now it hangs"' in small.path.read_text().splitlines()[int(complaint.split()[-1]) + 1]
    counts = [
        each.execution_count for each in notebooks.build(recording).cells if "outputs" in each
    ]
    assert counts == [None, 2, 3, 4, 5, None]


def test_what_a_lesson_leaves(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_GRACE", 0.3)
    recording = small.record(f"""
        # %%
        if __name__ == "__main__":
            stay = subprocess.Popen([sys.executable, "-c", "{STAY}"], start_new_session=True)
            with open("pids", "w") as file:
                print(stay.pid, file=file)
    """)
    assert gone(int((small.folder / "pids").read_text()))
    (left,) = recording.left
    assert (left.kind, left.what) == ("process", f"/python/bin/python -c {STAY}")
    assert recording.state is State.ENDED
    assert not recording.good
    assert notebooks.complaints(recording) == [f"left a process behind: {left.what}"]


def test_files_that_a_lesson_leaves(small: Small) -> None:
    recording = small.record("""
        # %%
        import tempfile

        if __name__ == "__main__":
            print(tempfile.mkdtemp(), tempfile.mkdtemp(suffix=".d"))
    """)
    assert only(recording).text() == "/tmp/tmp00000001 /tmp/tmp00000002.d\n"
    assert sorted(each.what for each in recording.left) == ["tmp00000001", "tmp00000002.d"]


def test_last_words_of_an_orphan(small: Small) -> None:
    """It speaks when the lesson's own process is gone: it sees the end of its input."""
    recording = small.record("""
        # %%
        LATE = "import sys; sys.stdin.read(); print('all alone')"

        if __name__ == "__main__":
            orphan = subprocess.Popen([sys.executable, "-c", LATE], stdin=subprocess.PIPE)

        # %%
        if __name__ == "__main__":
            print("the end")
    """)
    assert only(recording).text() == "the end\nall alone\n"
    assert recording.good


def test_an_error_ends_the_lesson(small: Small) -> None:
    recording = small.record("""
        # %%
        def careless():
            raise KeyError("lost")


        # %%
        if __name__ == "__main__":
            print("so far")
            careless()

        # %%
        if __name__ == "__main__":
            print("never")
    """)
    cell = only(recording)
    line = {text: number for number, text in enumerate(small.path.read_text().splitlines(), 1)}
    place = 'File "/course/lessons/lesson_01_tiny.py", line'
    shown = [text for text in cell.text("stderr").splitlines() if text.strip(" ^~")]
    assert shown == [
        "Traceback (most recent call last):",
        f"  {place} {line['    careless()']}, in <module>",
        "    careless()",
        f"  {place} {line['def careless():'] + 1}, in careless",
        '    raise KeyError("lost")',
        "KeyError: 'lost'",
    ]
    assert (recording.state, recording.code) == (State.FAILED, 1)
    assert notebooks.complaints(recording) == [
        f"failed in the cell at line {cell.cell.first}, exit code 1",
        "KeyError: 'lost'",
    ]


@pytest.mark.parametrize(("value", "code"), [("0", 0), ("7", 7), ("'no rice'", 1)])
def test_a_lesson_may_end_itself(small: Small, value: str, code: int) -> None:
    recording = small.record(f"""
        # %%
        if __name__ == "__main__":
            sys.exit({value})
    """)
    assert recording.code == code
    assert recording.state is (State.FAILED if code else State.ENDED)


def test_a_recorder_with_children_refuses(small: Small) -> None:
    small.write("")
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
        with pytest.raises(GraderFault, match="has children"):
            recorder.record(small.folder, MODULE)
        assert other.poll() is None


# --- the same in every recording ----------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_two_recordings_are_equal(small: Small, method: str) -> None:
    text = """
        # %%
        import socket
        import tempfile


        def introduce(line):
            print("child", os.getpid(), os.getppid(), threading.get_native_id())
            line.send(os.getpid())


        # %%
        if __name__ == "__main__":
            for _ in range(2):
                ours, theirs = ctx.Pipe()
                p = ctx.Process(target=introduce, args=(theirs,))
                p.start()
                print("its number:", ours.recv() == p.pid, p.pid)
                p.join()
                print(p)

        # %%
        if __name__ == "__main__":
            with tempfile.TemporaryDirectory() as folder, socket.create_server(("", 0)) as server:
                server.close()
                print(folder, object(), id(folder), __file__, os.__file__, sys.executable)
            with socket.create_server(("127.0.0.1", 0)) as server:
                print(server.getsockname())

        # %%
        if __name__ == "__main__":
            p = ctx.Process(target=print, args=("the last one",))
            p.start()
            p.join()
            print(p.pid)
    """
    first, second = (small.record(text, method) for _ in range(2))
    assert notebooks.build(first) == notebooks.build(second)
    assert first.cells == second.cells
    assert first.good
    names, address = acting(first)[1].text().splitlines()
    library = f"/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}"
    assert names.startswith("/tmp/tmp00000001 <object object at 0x7f00000000")
    assert names.endswith(f" {library}/os.py /python/bin/python")
    assert address == "('127.0.0.1', 50001)"


def normal(source: str = "", first: int = 20_000, last: int = 20_100) -> Normaliser:
    return Normaliser(PidSpan(first, last, 19_000), {"/src": "/course"}, source)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I am 20000, my parent is 19000", "I am 1000, my parent is 999"),
        ("(20007, 20003)", "(1002, 1001)"),
        ("pid=20003,", "pid=1001,"),
        ("worker-20003: 20003.", "worker-1001: 1001."),
        ("20003 20003", "1001 1001"),
        ("20101 200030 19999 0.20003 20003.5 x20003 20003x", None),
        ("20042 is a number of the lesson, and so is 20050", None),
        ("/src/lessons/a.py /srcs /a/src", "/course/lessons/a.py /srcs /a/src"),
        ("file:///src/a '/src'", "file:///course/a '/course'"),
        ("<f at 0x7fe0a1b2c3d0> 0x7fe0a1b2c3d0", "<f at 0x7f0000000010> 0x7f0000000010"),
        ("140612345678901 499999500000", f"{0x7F0000000010} 499999500000"),
        ("0xff", None),
        ("/tmp/tmpab3_x9zk/a /tmp/notebook", "/tmp/tmp00000001/a /tmp/notebook"),
        ("psm_1a2b3c4d", "psm_00000001"),
        ("http://127.0.0.1:43210/ 127.0.0.1:8042", "http://127.0.0.1:50001/ 127.0.0.1:8042"),
    ],
)
def test_numbers_and_names_of_one_run(text: str, shown: str | None) -> None:
    lesson = "count = 20_042; other = 20050; port = 8042; name = 'notebook'"
    assert normal(lesson).cell([text], [], False) == [shown or text]


def test_pids_go_by_creation_and_not_by_chance() -> None:
    """Who of two children speaks first is chance; what comes after a race does not depend on it."""
    shown = []
    for order in ([20_001, 20_002], [20_002, 20_001], [20_002]):
        one = normal()
        race = one.cell([f"I am {pid}" for pid in order], order, True)
        shown.append((sorted(race), one.cell(["then 20050"], [], False)))
    assert shown[0] == shown[1]
    assert [after for _, after in shown] == [["then 1100"]] * 3


def test_once_more_when_pids_begin_again(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = recorder._newest_pid
    answers = [2000, 2, 2000]  # before the first run, after it, before the second
    monkeypatch.setattr(recorder, "_newest_pid", lambda: answers.pop(0) if answers else newest())
    recording = small.record("""
        # %%
        if __name__ == "__main__":
            print(os.getpid())
            with open("runs", "a") as file:
                file.write("!")
    """)
    assert (small.folder / "runs").read_text() == "!!"
    assert only(recording).text() == "1000\n"


def test_small_pids_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    newest, largest = recorder._newest_pid(), int(Path("/proc/sys/kernel/pid_max").read_text())
    wanted = min(newest + 50, largest - 100)
    monkeypatch.setattr(recorder, "_SMALL", wanted)
    recorder._leave_small_pids()
    assert not newest < recorder._newest_pid() < wanted  # smaller: the numbers have begun again


def test_pids_that_began_again() -> None:
    one = normal(first=32_000, last=2_500)
    texts = ["2400 32001 1500", "5000 31999"]
    assert one.cell(texts, [32_000], False) == ["1003 1001 1002", "5000 31999"]


# --- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((HOME / "lessons").glob("lesson_*.py")), ids=lambda p: p.name
)
def test_cells_are_those_of_jupytext(path: Path) -> None:
    own = [
        ("markdown" if each.markdown else "code", each.source, list(each.tags))
        for each in cells.cut(path).cells
    ]
    theirs = [
        (each.cell_type, each.source, each.metadata.get("tags", []))
        for each in jupytext.reads(path.read_text(encoding="utf-8"), "py:percent").cells
    ]
    assert own == theirs


def test_a_mark_in_a_string_is_none(small: Small) -> None:
    small.write(
        """
        first = 1

        # %% tags=["C001", "racing"]
        text = '''
        # %%
        '''
        """,
        imports=False,
    )
    first, second = cells.cut(small.path).cells
    assert (first.source, first.tags) == ("first = 1", ())
    assert (second.source, second.tags) == ("text = '''\n# %%\n'''", ("C001", "racing"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# %% [markdown]\n# text\nprint()", "line 3: code in a cell of text"),
        ("# %% A title", "line 1: the mark '# %% A title' cannot be read"),
        ("# %%\nif:", r"line 2: invalid syntax"),
        ("# %%\n'''", "no Python"),
    ],
)
def test_lessons_that_cannot_be_cut(small: Small, text: str, says: str) -> None:
    small.path.write_text(text)
    with pytest.raises(WrongUse, match=re.escape(says)):
        recorder.record(small.folder, MODULE)


# --- notebooks ----------------------------------------------------------------------------------

GREETING = """
    # %% [markdown] tags=["C001"]
    # ## Hello
    # `hello`

    # %%
    def hello(name):
        print("hello", name)


    # %% tags=["C002"]
    if __name__ == "__main__":
        p = ctx.Process(target=hello, args=("Ana",), name="greeter")
        p.start()
        p.join()
        print("exit code", p.exitcode, ctx.get_start_method())
        show({"tea": 1})
        print("oops", file=sys.stderr)
"""


@pytest.fixture
def make(small: Small, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run ``python -m grader notebooks`` on a tiny course."""

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["notebooks", "--course", str(small.folder), *words])
        return (code, *capsys.readouterr())

    return run


def test_a_notebook(small: Small, make: Callable[..., tuple[int, str, str]]) -> None:
    small.write(GREETING)
    code, out, err = make("1", "--start-method", "spawn")
    path = small.out / "lesson_01_tiny.ipynb"
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"{re.escape(str(path))}  \d+\.\d s\n", out)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.course == {
        "module": MODULE,
        "title": "Lesson 01 · Tiny",
        "python": sys.version.split()[0],
        "system": "Linux",
        "start_method": "spawn",
        "state": "ended",
        "left": [],
    }
    *_, text, _, last = notebook.cells
    assert (text.source, text.metadata) == ("## Hello\n`hello`", {"tags": ["C001"]})
    assert last.metadata.tags == ["C002"]
    assert [(each.name, each.text) for each in last.outputs] == [
        ("stdout", "hello Ana\nexit code 0 spawn\n{'tea': 1}\n"),
        ("stderr", "oops\n"),
    ]
    assert [
        (each.output, each.process, each.characters) for each in last.metadata.course.writes
    ] == [
        (0, "greeter", 10),
        (0, "main", 29),
        (1, "main", 5),
    ]
    assert len({each.id for each in notebook.cells}) == len(notebook.cells)


def test_the_command(
    small: Small, make: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    small.write("""
        # %%
        if __name__ == "__main__":
            print(ctx.get_start_method(), flush=True)
            sys.exit("no rice")
    """)
    monkeypatch.setenv("START", "spawn")
    code, out, _ = make("--out", str(small.folder / "elsewhere"))
    path = small.folder / "elsewhere" / "lesson_01_tiny.ipynb"
    assert code == 1
    assert out.splitlines()[1:] == ["  failed in the cell at line 20, exit code 1", "  no rice"]
    assert json.loads(path.read_text())["cells"][-1]["outputs"][0]["text"] == ["spawn\n"]
    code, _, err = make("09")
    assert (code, err) == (2, "There is no lesson '09'. Lessons: 01.\n")


@pytest.mark.slow
def test_in_a_real_kernel_under_spawn(
    small: Small, make: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened where it lies, it finds the course above it, and spawned children find the lesson."""
    monkeypatch.setenv("PYTHONPATH", str(HOME))  # the project's folder; a real course lies there
    monkeypatch.setenv("IPYTHONDIR", str(small.folder / "ipython"))
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it a kernel leaves children's output alone
    monkeypatch.delenv("START", raising=False)
    small.write(GREETING)
    make("--start-method", "spawn")
    path = small.out / "lesson_01_tiny.ipynb"
    recorded = nbformat.read(path, as_version=4)
    ran = nbformat.read(path, as_version=4)
    for cell in ran.cells:
        cell.update({"outputs": []} if cell.cell_type == "code" else {})
    client = nbclient.NotebookClient(ran, timeout=60, resources={"metadata": {"path": small.out}})
    client.execute()
    # The kernel's resource tracker notices a moment later that its kernel has ended.
    deadline = time.monotonic() + 30
    while leaks.living() and time.monotonic() < deadline:
        processes.reap()
        select.select([], [], [], 0.01)

    def said(cell: nbformat.NotebookNode) -> list[str]:
        streams = [each for each in cell.outputs if each.output_type == "stream"]
        return sorted("".join(each.text for each in streams).splitlines())

    shown = [each for each in ran.cells[-1].outputs if each.output_type == "display_data"]
    assert [each.data["text/plain"] for each in shown] == ["{'tea': 1}"]
    assert sorted([*said(ran.cells[-1]), "{'tea': 1}"]) == said(recorded.cells[-1])
    assert "exit code 0 spawn" in said(ran.cells[-1])
