"""Any system: sockets on 127.0.0.1, output read by threads, processes found by psutil.

Callers are believed: their pid is what they say, guarded by a token that only this submission's
processes have. Good enough for a student's own machine; never for a hostile file.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Any

import psutil

from grader.channel import Output
from grader.reactor import Reactor, Timer
from grader.system.base import (
    Caller,
    Census,
    Events,
    HostSettings,
    Process,
    SupervisorLost,
    Worker,
    worker_environment,
)

_INSIDE = Path(__file__).resolve().parent.parent / "inside"
_BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kit import worker; worker.main()"
_LOOK_EVERY = 0.2  # seconds between two looks: each reads the list of all processes
_CONNECT_WITHIN = 20.0
_STACKS_WITHIN = 1.0
_DRAIN_WITHIN = 0.5  # seconds to read what was printed
_TRACKERS_WITHIN = 1.0  # seconds that resource trackers get to clean up
_METHODS = ("spawn", "fork", "forkserver")


class PortableHost:
    """One plain process a session, watched from outside.

    Args: as `grader.system.linux.LinuxHost`. With ``settings.attached`` the worker keeps this
    terminal's input and output, and the environment and folder of the user.
    """

    def __init__(self, reactor: Reactor, settings: HostSettings, witness: str) -> None:
        self.events = Events()
        self._reactor = reactor
        self._settings = settings
        self._witness = witness
        self._process: subprocess.Popen[bytes] | None = None
        self._known: dict[int, psutil.Process] = {}
        self._started = 0.0
        self._timer: Timer | None = None

    def open(self) -> Worker:
        """Start a fresh worker."""
        self.events = Events()
        self._known = {}
        self._started = time.time() - 1.0
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(_CONNECT_WITHIN)
            pipe = None if self._settings.attached else subprocess.PIPE
            port = listener.getsockname()[1]
            self._process = subprocess.Popen(
                [
                    *(self._settings.python, "-I", "-S", "-X", "faulthandler", "-c", _BOOT),
                    *(str(_INSIDE), str(port), token),
                    json.dumps(self._settings.for_worker()),
                ],
                stdin=None if self._settings.attached else subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                start_new_session=not self._settings.attached,
                cwd=None if self._settings.attached else self._settings.scratch,
                env=self._environment(),
            )
            channel = self._accept(listener, token)
        out, err = Output(), Output()
        readers = [
            (self._read(stream, output), stream)
            for stream, output in ((self._process.stdout, out), (self._process.stderr, err))
            if stream is not None
        ]

        def drain() -> None:
            deadline = time.monotonic() + _DRAIN_WITHIN
            dead = self._process is None or self._process.poll() is not None
            for thread, stream in readers:
                # Not until its end: a child that is still there may hold the stream.
                while thread.is_alive() and time.monotonic() < deadline:
                    if not _holds_data(stream, if_unknown=dead):
                        break
                    thread.join(0.005)
                thread.join(0.005)
            self._reactor.poll()

        self._wait_for_end(self._process)
        self._timer = self._reactor.after(_LOOK_EVERY, self._look)
        return Worker(self._process.pid, channel, out, err, drain, lambda: None)

    def _environment(self) -> dict[str, str]:
        if not self._settings.attached:
            return worker_environment(self._settings.scratch, self._witness)
        return {**os.environ, "GRADER_WITNESS": self._witness}

    def _accept(self, listener: socket.socket, token: str) -> socket.socket:
        deadline = time.monotonic() + _CONNECT_WITHIN
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(_CONNECT_WITHIN)
                received = connection.recv(len(token), socket.MSG_WAITALL)
                if hmac.compare_digest(received, token.encode()):
                    return connection
                connection.close()
        self.reset()
        raise SupervisorLost

    def _read(self, stream: IO[bytes], output: Output) -> threading.Thread:
        def read() -> None:
            with stream, contextlib.suppress(OSError, ValueError):
                while chunk := os.read(stream.fileno(), 64 * 1024):
                    self._reactor.post(lambda chunk=chunk: output.feed(chunk))  # type: ignore[misc]

        thread = threading.Thread(target=read, name="output", daemon=True)
        thread.start()
        return thread

    def _wait_for_end(self, process: subprocess.Popen[bytes]) -> None:
        events = self.events

        def wait() -> None:
            code = process.wait()
            self._reactor.post(lambda: setattr(events, "died", code))

        threading.Thread(target=wait, name="end", daemon=True).start()

    def _look(self) -> None:
        """Note who is there now: an orphan can be found later only if it was seen before."""
        if self._process is None:
            return
        below = self._below()
        memory = sum(process.memory for process in below)
        if len(below) > self._settings.max_processes + 1 or memory > self._settings.max_memory:
            self._end_all()
            self.events.brake = (len(below), memory, 0.0)
        self._timer = self._reactor.after(_LOOK_EVERY, self._look)

    def _below(self) -> list[Process]:
        """The worker and everything that descends from it or was seen to do so before."""
        assert self._process is not None
        children: dict[int, list[psutil.Process]] = {}
        for process in psutil.process_iter(["ppid"]):
            children.setdefault(process.info["ppid"], []).append(process)
        with contextlib.suppress(psutil.Error):
            if self._process.pid not in self._known:
                self._known[self._process.pid] = psutil.Process(self._process.pid)
        waiting = list(self._known)
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child.pid not in self._known:
                    self._known[child.pid] = child
                    waiting.append(child.pid)
        rows = [_row(process) for process in self._known.values()]
        return [row for row in rows if row is not None and not self._is_nobodys(row)]

    def _is_nobodys(self, row: Process) -> bool:
        """Whether it is an orphan that has ended: whoever adopted it waits for it, in its time."""
        assert self._process is not None
        orphan = row.parent not in self._known and row.pid != self._process.pid
        return row.state == "Z" and orphan

    def census(self, ports: bool = False) -> Census:
        """Who is below the worker now; ports are not looked for in this form.

        The look that asks for ports is the last one: it also finds those that left the tree unseen.
        """
        if ports:
            for pid in self._marked():
                with contextlib.suppress(psutil.Error):
                    self._known[pid] = psutil.Process(pid)
        return Census(tuple(self._below()))

    def ended(self, within: float) -> Census:
        """Who is below the worker when all have ended, or after ``within`` seconds."""
        deadline = time.monotonic() + within
        while True:
            census = self.census()
            living = [each for each in census.below if each.state != "Z"]
            if not living or time.monotonic() > deadline:
                return Census(tuple(living))
            self._reactor.wait(lambda: False, time.monotonic() + 0.005)

    def freeze(self) -> None:
        """As in the strong form; Windows has no such signal."""
        for row in self._below() if os.name == "posix" else ():
            if _is_tracker(row.pid):
                continue
            with contextlib.suppress(OSError):
                os.kill(row.pid, signal.SIGSTOP)

    def limit_behind(self, number: int | None) -> str:
        """A plain process has no limits but the brake's, which has words of its own."""
        return ""

    def stacks(self, pid: int) -> bool:
        """As in the strong form; Windows has no such signal."""
        if os.name != "posix" or _is_tracker(pid):
            return False
        try:
            process = self._known.get(pid) or psutil.Process(pid)
            os.kill(pid, signal.SIGABRT)
            os.kill(pid, signal.SIGCONT)
            deadline = time.monotonic() + _STACKS_WITHIN
            while time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                    return True
                time.sleep(0.002)
        except (psutil.Error, OSError):
            return True
        return False

    def reset(self) -> None:
        """End everything that the submission started and that can be found."""
        if self._timer is not None:
            self._timer.cancel()
        if self._process is not None:
            self._end_all()
            self._process = None

    def _end_all(self) -> None:
        assert self._process is not None
        started = time.monotonic()
        for attempt in range(100):
            self._process.poll()
            living = [row.pid for row in self._below() if row.state != "Z"]
            if not living:
                # Nothing is known to live: look for those that left the tree unseen.
                living = self._marked()
                if not living:
                    break
            early = time.monotonic() < started + _TRACKERS_WITHIN
            for pid in living:
                if early and _is_tracker(pid):
                    continue  # it ends by itself when the others are dead
                with contextlib.suppress(psutil.Error, OSError):
                    psutil.Process(pid).kill()
            time.sleep(min(0.001 * (attempt + 1), 0.02))
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def _marked(self) -> list[int]:
        """Processes with this submission's witness in their environment: double forks too."""
        found = []
        for process in psutil.process_iter(["create_time"]):
            with contextlib.suppress(psutil.Error, OSError):
                if process.info["create_time"] < self._started or process.pid in self._known:
                    continue
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if process.environ().get("GRADER_WITNESS") == self._witness:
                    found.append(process.pid)
        return found

    def close(self) -> None:
        """End the submission."""
        self.reset()


def _holds_data(stream: IO[bytes], if_unknown: bool) -> bool:
    """Whether a pipe holds something to read, its end included; not known of Windows' pipes."""
    if os.name != "posix":
        return if_unknown
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):  # closed, or too many descriptors
        return False


def _is_tracker(pid: int) -> bool:
    try:
        return "multiprocessing.resource_tracker" in " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def _row(process: psutil.Process) -> Process | None:
    try:
        with process.oneshot():
            if not process.is_running():
                return None
            state = (
                "Z"
                if process.status() == psutil.STATUS_ZOMBIE
                else _STATES.get(process.status(), "?")
            )
            times = process.cpu_times() if state != "Z" else None
            memory = process.memory_info().rss if state != "Z" else 0
            ticks = int((times.user + times.system) * 100) if times else 0
            return Process(process.pid, process.ppid(), state, ticks, memory)
    except psutil.Error:
        return None


_STATES = {
    psutil.STATUS_RUNNING: "R",
    psutil.STATUS_SLEEPING: "S",
    psutil.STATUS_DISK_SLEEP: "D",
    psutil.STATUS_STOPPED: "T",
    psutil.STATUS_IDLE: "S",
}


class PortableDoor:
    """A port on 127.0.0.1; who connects must know the token, and is believed."""

    def __init__(self) -> None:
        self._token = secrets.token_hex(16)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.listener.setblocking(False)
        self.address = f"tcp:{self.listener.getsockname()[1]}:{self._token}"

    def identify(self, connection: socket.socket, claim: dict[str, Any]) -> Caller:
        """Who connected, by its own words.

        Raises:
            PermissionError: it does not know the token.
        """
        token = str(claim.get("token", "")).encode("utf-8", "backslashreplace")
        if not hmac.compare_digest(token, self._token.encode()):
            raise PermissionError("wrong token")
        pid = claim.get("pid")
        pid = pid if isinstance(pid, int) else 0
        method = claim.get("method")
        return Caller(pid, method if method in _METHODS else None, _Pulse(pid), attested=False)

    def close(self) -> None:
        """Stop listening."""
        self.listener.close()


class _Pulse:
    """Whether a process lives; a zombie does not."""

    def __init__(self, pid: int) -> None:
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
        except (psutil.Error, ValueError, OverflowError):
            self._process = None

    def __call__(self) -> bool:
        try:
            return (
                self._process is not None
                and self._process.is_running()
                and self._process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return False
