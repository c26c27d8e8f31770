"""Linux: descriptors by SCM_RIGHTS, orphans adopted, callers named by the kernel."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from grader.channel import PipeOutput
from grader.inside.kit import processes
from grader.reactor import Reactor
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
_BOOT = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kit import zygote; zygote.main()"
ZYGOTE_FLAGS = ("-I", "-S", "-X", "faulthandler", "-c", _BOOT)
"""Options of the interpreter; the folder of ``kit``, a descriptor and the settings follow."""
_ANSWER_WITHIN = 20.0  # seconds for the zygote; only a stopped or killed one needs them
_MOST_PULSES = 500  # processes that guests remember; each is a descriptor
_SO_PEERPIDFD = 77  # Linux 6.5; the socket module has no name for it before 3.14
_MESSAGE = 4 * 1024 * 1024


def available() -> bool:
    """Whether this system has all that this module needs."""
    return hasattr(socket, "SO_PEERCRED") and os.path.exists(
        f"/proc/self/task/{os.getpid()}/children"
    )


class LinuxHost:
    """A zygote for one submission, as a plain process that adopts orphans.

    Args:
        reactor: the loop that reads its messages and its workers' output.
        settings: what the submission may use.
        witness: address for the submission's environment.
    """

    def __init__(self, reactor: Reactor, settings: HostSettings, witness: str) -> None:
        # Should a submission kill its zygote, what it leaves comes to us, and `close` ends it.
        processes.adopt_orphans()
        self.events = Events()
        self._reactor = reactor
        self._answers: dict[int, dict[str, Any]] = {}
        self._numbers = count(1)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._zygote = self._start(settings, witness, theirs.fileno())
        reactor.add(self._control, self._message)

    def _start(self, settings: HostSettings, witness: str, control: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(settings.python, *ZYGOTE_FLAGS, str(_INSIDE), str(control)),
                json.dumps(settings.for_worker()),
            ],
            pass_fds=[control],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the grader, which then closes the control
            preexec_fn=processes.adopt_orphans,  # kept across exec; spares the zygote ctypes
            cwd=settings.scratch,
            env=worker_environment(settings.scratch, witness),
        )

    def _message(self) -> None:
        try:
            data = self._control.recv(_MESSAGE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        message = _parse(data)
        if message is None:
            self.events.lost = True
            self._reactor.remove(self._control)
            return
        match message.get("event"):
            case "died":
                self.events.died = int(message["exitcode"])
            case "brake":
                seen = int(message["processes"]), int(message["memory"]), float(message["seconds"])
                self.events.brake = seen
            case _:
                self._answers[message.get("number", 0)] = message

    def _ask(self, order: dict[str, Any], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        """Give an order and wait for its answer; others may be given meanwhile, by callbacks."""
        number = next(self._numbers)
        try:
            data = json.dumps({**order, "number": number}).encode()
            socket.send_fds(self._control, [data], descriptors)
        except OSError:
            self.events.lost = True
        deadline = time.monotonic() + _ANSWER_WITHIN
        self._reactor.wait(lambda: number in self._answers or self.events.lost, deadline)
        if number not in self._answers:
            self.events.lost = True
            raise SupervisorLost
        return self._answers.pop(number)

    def open(self) -> Worker:
        """Start a fresh worker."""
        self.events = Events(lost=self.events.lost)
        channel, theirs = socket.socketpair()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        out, err = PipeOutput(self._reactor, out_read), PipeOutput(self._reactor, err_read)

        def drain() -> None:
            out.drain()
            err.drain()

        def close() -> None:
            out.close()
            err.close()

        try:
            pid = self._ask({"order": "open"}, (theirs.fileno(), out_write, err_write))["pid"]
        except SupervisorLost:
            close()
            channel.close()
            raise
        finally:
            theirs.close()
            os.close(out_write)
            os.close(err_write)
        return Worker(pid, channel, out, err, drain, close)

    def census(self, ports: bool = False) -> Census:
        """Who is below the zygote now, and on request (it costs milliseconds) their ports."""
        return self._census({"order": "census", "ports": ports})

    def _census(self, order: dict[str, Any]) -> Census:
        answer = self._ask(order)
        below = tuple(Process(*row) for row in answer["below"])
        helpers, ports, shared = (tuple(answer[key]) for key in ("helpers", "ports", "shared"))
        return Census(below, helpers, ports, shared)

    def ended(self, within: float) -> Census:
        """Who is below the zygote when all have ended, or after ``within`` seconds."""
        return self._census({"order": "ended", "within": within})

    def freeze(self) -> None:
        """Stop everything below, so that one stack can be read after the other."""
        self._ask({"order": "freeze"})

    def stacks(self, pid: int) -> bool:
        """Have a process write the stacks of its threads to its standard error, and die of it.

        Returns:
            False when it did not: it is gone, blocks the signal, or is no Python.
        """
        return not self._ask({"order": "stacks", "pid": pid})["deaf"]

    def reset(self) -> None:
        """End everything that the submission started.

        Raises:
            SupervisorLost: something cannot be ended, or removed.
        """
        answer = self._ask({"order": "reset"})
        if answer["left"] or answer["dirty"]:
            self.events.lost = True  # the next worker gets a place of its own
            raise SupervisorLost

    def limit_behind(self, number: int | None) -> str:
        """A plain process has no limits but the brake's, which has words of its own."""
        return ""

    def close(self) -> None:
        """End the submission and its zygote; nothing of them is left afterwards."""
        self._reactor.remove(self._control)
        self._control.close()
        try:
            self._zygote.wait(_ANSWER_WITHIN if not self.events.lost else 0.2)
        except subprocess.TimeoutExpired:
            self._zygote.send_signal(signal.SIGKILL)
            self._zygote.wait()
        if self.events.lost:
            processes.end_everything()


def _parse(data: bytes) -> dict[str, Any] | None:
    """A message of the zygote; None at the end, or for one that it cannot have sent."""
    try:
        message = json.loads(data)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


class LinuxDoor:
    """A socket at a path; the kernel says who connects.

    Args:
        namespaced: whether callers live in a pid namespace of their own; then their pids are those
            that hold there.
        owner: uid of the submission, if it is another one than ours.
    """

    def __init__(self, namespaced: bool = False, owner: int | None = None) -> None:
        self._namespaced = namespaced
        self._pulses: WeakValueDictionary[int, _Pulse] = WeakValueDictionary()
        # A path of a socket has at most 108 bytes, and a temporary folder may be named freely.
        folder = tempfile.gettempdir()
        self._folder = tempfile.mkdtemp(
            prefix="grader-", dir=folder if len(folder) < 60 else "/tmp"
        )
        path = f"{self._folder}/w"
        self.address = f"unix:{path}"
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(256)
        self.listener.setblocking(False)
        if owner is not None:
            # They may come in and call; the folder stays ours.
            os.chmod(self._folder, 0o711)
            os.chown(path, owner, owner)

    def identify(self, connection: socket.socket, claim: dict[str, Any]) -> Caller:
        """Who connected: the pid of the connecting process, whatever it claims.

        Raises:
            PermissionError: more processes than any exercise has were here already.
        """
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        (pid, _, _) = struct.unpack("3i", credentials)
        try:
            pidfd = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
        except OSError:
            try:
                pidfd = os.pidfd_open(pid)
            except OSError:
                return Caller(pid, None, lambda: False)
        new = _Pulse(pidfd)
        inside = _inner_pid(pidfd) if self._namespaced else pid
        return Caller(inside, _start_method(pid), self._pulse(pid, new))

    def _pulse(self, pid: int, new: _Pulse) -> _Pulse:
        """One descriptor for each process: a pid has no second owner while the first one lives."""
        known = self._pulses.get(pid)
        if known is not None and known():
            return known
        if len(self._pulses) >= _MOST_PULSES:
            raise PermissionError("too many processes to remember")
        self._pulses[pid] = new
        return new

    def close(self) -> None:
        """Remove the socket and its folder."""
        self.listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Pulse:
    """Whether the process of a pidfd lives; a dead child's open socket still looks alive."""

    def __init__(self, pidfd: int) -> None:
        self._pidfd = pidfd

    def __call__(self) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    def __del__(self) -> None:
        os.close(self._pidfd)


def _inner_pid(pidfd: int) -> int:
    """The pid that a process has in its own namespace; -1 when it is gone."""
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as file:
        for line in file:
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return -1


def _start_method(pid: int) -> str | None:
    """How multiprocessing made a process, from the command line that the kernel keeps."""
    line = " ".join(processes.command_line(pid))
    if not line:
        return None
    if "multiprocessing.spawn" in line:
        return "spawn"
    return "forkserver" if "multiprocessing.forkserver" in line else "fork"
