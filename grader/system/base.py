"""What the grader needs of an operating system, in words that hold for all of them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from grader.channel import Output


class SupervisorLost(Exception):
    """The process that watches the submission is gone or silent: it was killed or stopped."""


class Process(NamedTuple):
    """One process below the submission; states as ``ps`` shows them, memory in resident bytes."""

    pid: int
    parent: int
    state: str
    ticks: int
    memory: int


@dataclass(frozen=True)
class Census:
    """Who is below the submission now, on which TCP ports they listen, and its shared memory.

    Ports are looked for on request only; shared memory is known in a sandbox only. ``helpers`` are
    those that multiprocessing keeps by design, None where the worker's own word has to do.
    """

    below: tuple[Process, ...]
    helpers: tuple[int, ...] | None = None
    ports: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Worker:
    """A process that serves one session: its channel and what it prints."""

    pid: int
    channel: socket.socket
    out: Output
    err: Output
    drain: Callable[[], None]
    close: Callable[[], None]


@dataclass(frozen=True)
class HostSettings:
    """What a submission may use.

    Attributes:
        python: the interpreter of the worker.
        path: folders for the worker's ``sys.path``, in order.
        scratch: working and temporary folder of the submission, removed afterwards.
        processes: whether the exercise starts any.
        given: name of the package with given helpers.
        max_processes: descendants of the worker at one moment.
        max_memory: resident bytes of the worker and all its descendants.
        max_cpu: seconds of CPU of the worker and all its descendants.
        attached: the worker keeps this terminal: for running a call by hand.
    """

    python: str
    path: tuple[Path, ...]
    scratch: Path
    processes: bool
    given: str = "given"
    max_processes: int = 64
    max_memory: int = 2 * 1024**3
    max_cpu: float = 120.0
    attached: bool = False

    def for_worker(self) -> dict[str, Any]:
        """The part that the other side is told, as JSON data."""
        return {
            "path": [str(folder) for folder in self.path],
            "processes": self.processes,
            "given": self.given,
            "max_processes": self.max_processes,
            "max_memory": self.max_memory,
            "max_cpu": self.max_cpu,
        }


@dataclass
class Events:
    """What happened to a worker without being asked for."""

    died: int | None = None  # exit code, negative for a signal
    brake: tuple[int, int, float] | None = None  # processes, bytes of memory, seconds of CPU
    lost: bool = False  # the supervisor itself is gone


@dataclass(frozen=True)
class Caller:
    """Who came to the witness.

    Attributes:
        pid: its process.
        method: the start method that made it, None where that cannot be told.
        alive: whether the process still lives, asked of the kernel.
        attested: pid and method come from the kernel, not from the caller's own words.
    """

    pid: int
    method: str | None
    alive: Callable[[], bool] = field(compare=False)
    attested: bool = True


class Door(Protocol):
    """Where the witness listens."""

    address: str
    listener: socket.socket

    def identify(self, connection: socket.socket, claim: dict[str, Any]) -> Caller: ...

    def close(self) -> None: ...


class Host(Protocol):
    """The place where one submission runs, one worker at a time."""

    events: Events

    def open(self) -> Worker: ...

    def census(self, ports: bool = False) -> Census: ...

    def ended(self, within: float) -> Census: ...

    def freeze(self) -> None: ...

    def stacks(self, pid: int) -> bool: ...

    def reset(self) -> None: ...

    def limit_behind(self, number: int | None) -> str:
        """Which limit of this place explains an errno, or a death; empty where none does."""
        ...

    def close(self) -> None: ...


def worker_environment(scratch: Path, witness: str) -> dict[str, str]:
    """The whole environment of the submission: nothing of the user's own comes along."""
    import os

    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "TEMP": str(scratch),
        "TMP": str(scratch),
        "GRADER_WITNESS": witness,
    }
    for name in ("SYSTEMROOT", "LD_LIBRARY_PATH", "WINEPREFIX", "WINEDEBUG"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment
