"""Many processes at once, and none of them left."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_STOP_WITHIN = 15.0
"""Seconds that a process gets to end what it started."""


class Stopped(Exception):
    """No process is started any more: the check was interrupted."""


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        code: its exit code; None when its time was over.
        output: what it printed, stderr too.
    """

    code: int | None
    output: str


@dataclass(frozen=True)
class Outcome:
    """What one run of a case showed.

    Attributes:
        problems: why it is refused; none if it is right.
        note: worth a word, but no reason to refuse.
        fault: whether the grader itself failed.
    """

    problems: tuple[str, ...] = ()
    note: str = ""
    fault: bool = False


class Case(Protocol):
    """Something to run. Its attributes are those of a refusal, and ``label``, unique in a check."""

    @property
    def label(self) -> str: ...

    @property
    def where(self) -> str: ...

    @property
    def todo(self) -> str: ...

    @property
    def scope(self) -> str: ...

    def key(self) -> str:
        """A digest of everything that the outcome depends on."""
        ...

    def run(self, processes: Processes, scratch: Path) -> Outcome:
        """Run it once, with an empty folder of its own."""
        ...


@dataclass
class Tally:
    """All runs of one case.

    Attributes:
        case: what was run.
        wanted: how often it has to be right.
        remembered: how often it was right before.
        outcomes: of the runs made now.
        seconds: they took, one after the other.
    """

    case: Case
    wanted: int
    remembered: int
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        """How often it was right."""
        return self.remembered + sum(not each.problems for each in self.outcomes)

    @property
    def complete(self) -> bool:
        """Whether all its runs are made."""
        return self.remembered + len(self.outcomes) >= self.wanted

    @property
    def problems(self) -> list[str]:
        """Every problem once."""
        return list(dict.fromkeys(text for each in self.outcomes for text in each.problems))


class Processes:
    """The processes that run now; `stop` ends them all, and no other starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: dict[str, str],
        scratch: Path,
        seconds: float,
    ) -> Ended:
        """Run a command to its end.

        Raises:
            Stopped: instead of starting it, after `stop`.
        """
        printed = scratch / "printed.txt"
        # A file and no pipe: whatever is left behind could hold a pipe open for ever.
        with printed.open("wb") as out:
            process = self._start(command, cwd=cwd, env=env, out=out.fileno())
            try:
                code: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
                _end(process)
            finally:
                with self._lock:
                    self._running.discard(process)
        return Ended(code, printed.read_text(encoding="utf-8", errors="replace"))

    def _start(
        self, command: Sequence[str], *, cwd: Path, env: dict[str, str], out: int
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise Stopped
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the check, which then asks each one once
            )
            self._running.add(process)
            return process

    def stop(self) -> None:
        """Ask all to end what they started, and wait until they have."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            process.terminate()
        for process in running:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def run_all(tallies: Iterable[Tally], jobs: int, on_done: Callable[[Tally], None]) -> None:
    """Run what is missing of every tally, so many at once.

    Args:
        tallies: they are filled.
        jobs: how many processes at a time.
        on_done: called here with each complete one, in the order in which they end.

    Raises:
        KeyboardInterrupt: passed on, when every process has ended.
    """
    processes = Processes()
    pool = ThreadPoolExecutor(jobs)
    with tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as scratch:
        try:
            waiting: dict[Future[tuple[Outcome, float]], Tally] = {}
            for tally in tallies:
                for number in range(tally.wanted - tally.remembered):
                    folder = Path(scratch) / f"{len(waiting)}-{number}"
                    waiting[pool.submit(_run_one, tally.case, processes, folder)] = tally
            for future in as_completed(waiting):
                _count(waiting[future], future.result(), on_done)
        finally:
            processes.stop()
            pool.shutdown(cancel_futures=True)


def _run_one(case: Case, processes: Processes, scratch: Path) -> tuple[Outcome, float]:
    scratch.mkdir()
    started = time.monotonic()
    outcome = case.run(processes, scratch)
    return outcome, time.monotonic() - started


def _count(tally: Tally, found: tuple[Outcome, float], on_done: Callable[[Tally], None]) -> None:
    outcome, seconds = found
    tally.outcomes.append(outcome)
    tally.seconds += seconds
    if tally.complete:
        on_done(tally)
