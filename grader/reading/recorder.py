"""Runs a lesson in a process of its own and records what every process of it writes, in order.

Standard output and standard error of the lesson are two datagram sockets that lead into one
receiver; a third one brings the lesson's own messages (`grader.reading.lesson_process`). One queue
keeps one order. The kernel adds to every datagram the pid of its writer, be that Python or ``sh``.

The recorder adopts orphans: it waits for whatever outlives the lesson, and ends what stays.
"""

from __future__ import annotations

import codecs
import marshal
import multiprocessing
import os
import platform
import select
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from grader.errors import GraderFault, WrongUse
from grader.lesson import lessons
from grader.reading import lesson_process
from grader.reading.cells import CutLesson, compile_cells, cut
from grader.reading.normal import Normaliser, PidSpan
from grader.reading.recording import (
    RACING,
    Left,
    Output,
    RecordedCell,
    Recording,
    Rich,
    State,
    Stream,
    Write,
    Writer,
)

HOME = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0
"""Limit of one lesson."""
_GRACE = 3.0
"""Seconds in which what outlives the lesson may end by itself: the fork server and the resource
tracker always do, an orphan may have something to say."""
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from grader.reading.lesson_process import main; main()"
)
_LARGEST = 4 * 1024 * 1024
_SO_SNDBUFFORCE = 32
_SMALL = 1000
# Ours for the lesson; what could change its output, or send it elsewhere, is not handed on.
_SETTINGS = {
    "PYTHON_COLORS": "0",
    "NO_COLOR": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
    "LINES": "24",
}
_DROPPED = (
    *("PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONINSPECT"),
    *("PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONVERBOSE", "PYTHONUTF8", "FORCE_COLOR", "START"),
)

if sys.platform == "linux":
    from grader.inside.kit import processes


def modules(course: Path, wanted: Sequence[str]) -> list[str]:
    """The modules of lessons by number (``02`` or ``2``), in order; of all lessons for none.

    Raises:
        WrongUse: no lesson of that number.
    """
    known = lessons(str(course))
    for each in wanted:
        if each.zfill(2) not in known:
            listed = ", ".join(known) or "none"
            raise WrongUse(f"There is no lesson {each!r}. Lessons: {listed}.")
    chosen = {each.zfill(2) for each in wanted}
    return [f"lessons.{name}" for number, name in known.items() if not chosen or number in chosen]


def record(
    course: Path, module: str, *, start_method: str | None = None, seconds: float = SECONDS
) -> Recording:
    """Run one lesson and return what it put out.

    Args:
        course: the folder that holds ``lessons/``; the lesson's working folder.
        module: such as ``lessons.lesson_02_process``.
        start_method: for the lesson's ``START``; None for Python's default.
        seconds: when it is ended at the latest.

    Raises:
        WrongUse: not on this system, or the lesson's file cannot be cut.
        GraderFault: this process has children already, which it could not tell from the lesson's.
    """
    if sys.platform != "linux":
        raise WrongUse("Lessons are recorded on Linux only: elsewhere nobody says who wrote what.")
    lesson = cut(course / (module.replace(".", "/") + ".py"))
    pieces = compile_cells(lesson)
    if _below():
        raise GraderFault("A process that has children cannot record a lesson: it would end them.")
    processes.adopt_orphans()
    # Should the counter of pids begin again meanwhile, small numbers come up: once more, then.
    for _ in range(2):
        _leave_small_pids()
        with tempfile.TemporaryDirectory(
            prefix="lesson-", dir=_short_folder(), ignore_cleanup_errors=True
        ) as scratch:
            run = _Run(course, Path(scratch), start_method)
            run.perform(module, pieces, seconds)
        if run.state is State.TIMED_OUT or run.first <= run.last:
            break
    return _recording(run, lesson, module, start_method)


def _short_folder() -> str:
    """For temporary files: multiprocessing puts sockets there, with paths of 108 bytes."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 40 else "/tmp"


@dataclass
class _Event:
    """Something that arrived while a cell ran: a write, or the forms of a shown object."""

    cell: int
    pid: int
    stream: Stream
    text: str = ""
    forms: dict[str, str] = field(default_factory=dict)

    def text_forms(self) -> list[str]:
        """The forms that are text; a picture keeps its numbers, which are places and sizes."""
        return [form for form in self.forms if form.startswith("text/")]

    def texts(self) -> list[str]:
        """What can hold a pid or a path."""
        return [self.forms[form] for form in self.text_forms()] if self.forms else [self.text]


class _Queue:
    """One receiver, and the three ways into it."""

    def __init__(self) -> None:
        self.receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.receiver.bind("")  # Linux finds a free address that is no file
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.receiver.setblocking(False)
        self.out, self.err, self.control = (self._way_in() for _ in range(3))
        self._names = {
            self.out.getsockname(): "stdout",
            self.err.getsockname(): "stderr",
            self.control.getsockname(): "control",
        }
        self._buffer = bytearray(self.out.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))

    def _way_in(self) -> socket.socket:
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.bind("")  # its address tells the three apart
        sender.connect(self.receiver.getsockname())
        # One write is one datagram, which must fit. Without the privilege: what is allowed.
        for option in (socket.SO_SNDBUF, _SO_SNDBUFFORCE):
            try:
                sender.setsockopt(socket.SOL_SOCKET, option, _LARGEST)
            except PermissionError:
                continue
        return sender

    def close_ways_in(self) -> None:
        """Close our own copies; the lesson has hers."""
        for sender in (self.out, self.err, self.control):
            sender.close()

    def read(self) -> Iterator[tuple[str, int, bytes]]:
        """What has arrived: from where, written by which pid, and what."""
        space = socket.CMSG_SPACE(12)
        while True:
            try:
                size, ancillary, _, sender = self.receiver.recvmsg_into([self._buffer], space)
            except BlockingIOError:
                return
            name = self._names.get(sender)
            if name is not None and ancillary:
                (pid, _, _) = struct.unpack("3i", ancillary[0][2])
                yield name, pid, bytes(memoryview(self._buffer)[:size])


class _Run:
    """One run of a lesson: what is known of it so far."""

    def __init__(self, course: Path, scratch: Path, start_method: str | None) -> None:
        self.course = course
        self.scratch = scratch
        self.events: list[_Event] = []
        self.names: dict[int, str] = {}
        self.state = State.ENDED
        self.code: int | None = None
        self.reached: int | None = None
        self.left: list[Left] = []
        self.first = 0
        self.last = 0
        self.seconds = 0.0
        self._start_method = start_method
        self._queue = _Queue()
        self._message = b""
        self._through = False
        self._first_cell = 0
        self._decoders: dict[tuple[int, str], codecs.IncrementalDecoder] = {}

    def perform(self, module: str, pieces: list[tuple[int, CodeType]], seconds: float) -> None:
        """Start the lesson, and come back when nothing of it runs any more."""
        self._first_cell = pieces[0][0] if pieces else 0
        started = time.monotonic()
        lesson = self._start(module, pieces)
        try:
            self._queue.close_ways_in()
            self.first = lesson.pid
            ended = self._wait(lambda: lesson.poll() is not None, seconds)
            if not ended:
                self.state = State.TIMED_OUT
            else:
                self.code = lesson.returncode
                self.state = State.ENDED if lesson.returncode == 0 else State.FAILED
                self._through = True
                self._wait(self._is_over, _GRACE)
                self.left += [Left("process", _command(pid)) for pid in _below()]
        finally:
            processes.end_everything()
            lesson.poll()  # reaped already: so that Popen knows
            self._take()
            self._queue.close_ways_in()
            self._queue.receiver.close()
        self.last = _newest_pid()
        self.seconds = time.monotonic() - started
        if self.state is not State.TIMED_OUT and not self.left:
            self.left += [Left("file", path.name) for path in sorted(self.scratch.iterdir())]

    def _start(self, module: str, pieces: list[tuple[int, CodeType]]) -> subprocess.Popen[bytes]:
        control = self._queue.control.fileno()
        with tempfile.TemporaryFile() as job:
            marshal.dump((module, str(self.course), str(HOME), pieces), job)
            job.seek(0)
            return subprocess.Popen(
                [sys.executable, "-c", _BOOT, str(HOME), str(job.fileno()), str(control)],
                pass_fds=[job.fileno(), control],
                stdin=subprocess.DEVNULL,
                stdout=self._queue.out.fileno(),
                stderr=self._queue.err.fileno(),
                start_new_session=True,  # Ctrl-C is for the recorder, which then ends the lesson
                cwd=self.course,
                env=self._environment(),
            )

    def _environment(self) -> dict[str, str]:
        environment = {key: value for key, value in os.environ.items() if key not in _DROPPED}
        environment |= _SETTINGS | {"TMPDIR": str(self.scratch)}
        if self._start_method is not None:
            environment["START"] = self._start_method
        return environment

    def _wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Take what arrives until ``until()`` is true; False when the time is over before."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._queue.receiver, select.POLLIN)
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            # A process that ends wakes nobody here. Once the cells are through, look often.
            poll.poll(min(left * 1000, 2 if self._through else 50))
            self._take()
        return True

    def _is_over(self) -> bool:
        processes.reap()
        return not _below()

    def _take(self) -> None:
        """Turn what has arrived into events."""
        for source, pid, data in self._queue.read():
            if source == "control":
                self._message += data[1:]
                if data.startswith(lesson_process.LAST):
                    self._handle(pid, *marshal.loads(self._message))
                    self._message = b""
            else:
                self._write("stdout" if source == "stdout" else "stderr", pid, data)

    def _handle(self, pid: int, kind: str, value: object, names: dict[int, str]) -> None:
        self.names |= names
        match kind, value:
            case "cell", int():
                self.reached = value
            case "rich", dict() if self.reached is not None:
                self.events.append(_Event(self.reached, pid, "stdout", forms=value))
            case "end", None:
                self._through = True

    def _write(self, stream: Stream, pid: int, data: bytes) -> None:
        # A long write may be cut in the middle of a character.
        decoder = self._decoders.get((pid, stream))
        if decoder is None:
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            self._decoders[pid, stream] = decoder
        text = decoder.decode(data)
        if text:
            cell = self._first_cell if self.reached is None else self.reached
            self.events.append(_Event(cell, pid, stream, text))


def _below() -> list[int]:
    """The pids of all live processes below this one, apart from resource trackers."""
    return [
        each.pid
        for each in processes.descendants(os.getpid())
        if each.state != "Z" and "multiprocessing.resource_tracker" not in _command(each.pid)
    ]


def _command(pid: int) -> str:
    return " ".join(processes.command_line(pid)) or f"process {pid}"


def _newest_pid() -> int:
    """The last pid that was given out, in our own pid namespace."""
    with open("/proc/loadavg") as file:
        return int(file.read().split()[4])


def _leave_small_pids() -> None:
    """Use pids up until they have four digits.

    In a fresh container they are as small as the numbers that lessons print, and would be taken
    for them. A thread uses one up as well as a process, and costs less.
    """
    import threading

    while _newest_pid() < _SMALL:
        for _ in range(_SMALL - _newest_pid()):
            thread = threading.Thread(target=int)
            thread.start()
            thread.join()


def _recording(run: _Run, lesson: CutLesson, module: str, start_method: str | None) -> Recording:
    """Make steady data of what has arrived."""
    span = PidSpan(run.first, run.last, os.getpid())
    normaliser = Normaliser(span, _folders(run.course, run.scratch), lesson.text)
    names = {**run.names, run.first: "main"}
    cells = []
    for cell in lesson.cells:
        events = [event for event in run.events if event.cell == cell.number]
        outputs = _outputs(normaliser, events, names, RACING in cell.tags)
        cells.append(RecordedCell(cell, outputs))
    left = normaliser.cell([each.what for each in run.left], (), False)
    return Recording(
        module=module,
        title=_title(lesson),
        cells=tuple(cells),
        state=run.state,
        code=run.code,
        reached=run.reached,
        left=tuple(Left(each.kind, what) for each, what in zip(run.left, left, strict=True)),
        start_method=start_method or multiprocessing.get_all_start_methods()[0],
        chosen=start_method is not None,
        python=platform.python_version(),
        system=platform.system(),
        seconds=run.seconds,
    )


def _outputs(
    normaliser: Normaliser, events: list[_Event], names: Mapping[int, str], racing: bool
) -> tuple[Output, ...]:
    texts = [text for event in events for text in event.texts()]
    steady = iter(normaliser.cell(texts, [event.pid for event in events], racing))
    outputs: list[Output] = []
    for event in events:
        if event.forms:
            outputs.append(Rich(event.forms | {form: next(steady) for form in event.text_forms()}))
        else:
            writer = Writer(normaliser.pid(event.pid), names.get(event.pid))
            outputs.append(Write(event.stream, writer, next(steady)))
    return tuple(outputs)


def _title(lesson: CutLesson) -> str:
    for cell in lesson.cells:
        for line in cell.source.splitlines():
            if cell.markdown and line.startswith("# "):
                return line.removeprefix("# ").strip()
    return lesson.path.stem


def _folders(course: Path, scratch: Path) -> dict[str, str]:
    """What is shown in place of the folders of this machine."""
    library = f"/python/lib/python{sys.version_info[0]}.{sys.version_info[1]}"
    paths = sysconfig.get_paths()
    shown: dict[str, str] = {
        sys.prefix: "/python",
        paths["purelib"]: f"{library}/site-packages",
        paths["stdlib"]: library,
        sys.executable: "/python/bin/python",
        getattr(sys, "_base_executable", sys.executable): "/python/bin/python",
        str(HOME): "/course",
        str(course): "/course",
        str(scratch): "/tmp",
    }
    return {os.path.realpath(path): name for path, name in shown.items()} | shown
