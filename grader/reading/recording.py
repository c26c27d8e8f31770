"""What a recorded lesson is: plain data that renderers read.

Everything in it is steady already: pids, addresses and paths are those of `grader.reading.normal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from grader.reading.cells import Cell

Stream = Literal["stdout", "stderr"]
RACING = "racing"
"""The tag of a cell whose output may differ from one recording to the next."""


class State(StrEnum):
    """How a lesson ended."""

    ENDED = "ended"
    FAILED = "failed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Writer:
    """The process that wrote something.

    Attributes:
        pid: renumbered; the lesson's own process is 1000.
        name: ``main``, or what multiprocessing calls it; None where that is not known.
    """

    pid: int
    name: str | None

    @property
    def label(self) -> str:
        """How a reader knows it."""
        return self.name or f"process {self.pid}"


@dataclass(frozen=True)
class Write:
    """One write to standard output or standard error, whoever did it."""

    stream: Stream
    writer: Writer
    text: str


@dataclass(frozen=True)
class Rich:
    """What ``show`` was given: its forms by media type, ``text/plain`` among them."""

    forms: Mapping[str, str]


Output = Write | Rich


@dataclass(frozen=True)
class RecordedCell:
    """A cell and everything that was put out while it ran, in its order."""

    cell: Cell
    outputs: tuple[Output, ...]

    @property
    def writes(self) -> Iterator[Write]:
        """What was written, without pictures."""
        return (each for each in self.outputs if isinstance(each, Write))

    def text(self, stream: Stream = "stdout") -> str:
        """All of one stream."""
        return "".join(each.text for each in self.writes if each.stream == stream)


@dataclass(frozen=True)
class Left:
    """What a lesson left behind, and the recorder ended or removed.

    Attributes:
        kind: ``process`` or ``file``.
        what: its command line, or its name in the folder for temporary files.
    """

    kind: Literal["process", "file"]
    what: str


@dataclass(frozen=True)
class Recording:
    """One lesson under one start method.

    Attributes:
        module: such as ``lessons.lesson_02_process``.
        title: of its first heading.
        cells: all of them, those of text too.
        state: how it ended.
        code: exit code of its own process, None when the time was over.
        reached: number of the last cell that began, None if none did.
        left: what it left behind.
        start_method: the one that its processes had.
        chosen: whether that one was asked for, or is Python's default.
        python: version.
        system: such as ``Linux``.
        seconds: from its start to the end of its last process.
    """

    module: str
    title: str
    cells: tuple[RecordedCell, ...]
    state: State
    code: int | None
    reached: int | None
    left: tuple[Left, ...]
    start_method: str
    chosen: bool
    python: str
    system: str
    seconds: float

    @property
    def good(self) -> bool:
        """Whether it ended as a lesson should."""
        return self.state is State.ENDED and not self.left
