"""The process above a submission: starts its workers, counts what is below, ends all of it.

It runs no code of a student and holds no secret. Its orders come over a SEQPACKET socket, one
JSON object a message; when that socket closes, it ends everything below and exits. At level
student it is a plain process that adopts orphans; in a sandbox it is PID 1, which nothing inside
can kill, stop or look into.

=============================  =======================================================
order                          answer
=============================  =======================================================
``open`` with 3 descriptors    ``pid`` of a fresh worker (channel, stdout, stderr)
``census``                     ``below``: a `Process` row for each descendant; if
                               asked, the ``ports`` on which they listen; in a
                               sandbox ``shared``, names of shared memory
``ended``, ``within``          as ``census``, when nothing is below any more, or when
                               so many seconds have passed
``freeze``                     everything below is stopped
``stacks``, ``pid``            the process wrote its stacks and is dead, or ``deaf``
``reset``                      all is dead and reaped: ``left`` is 0
=============================  =======================================================

On its own it says ``died`` with an exit code when the worker ends, and ``brake`` when more
processes or memory than allowed were below it: then all of them are dead already.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import sys
import time

from . import processes, worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOOK_EVERY = 0.1  # seconds between two counts while a worker is open
_STACKS_WITHIN = 1.0  # seconds for a process to write its stacks
_MESSAGE = 64 * 1024
_PRIVATE = ("/tmp", "/dev/shm")  # of a sandbox
_MOST_TASKS = 160  # of a sandbox, threads and zombies included


class Zygote:
    """One submission's supervisor.

    Args:
        control: the connected SEQPACKET socket.
        settings: ``max_processes``, ``max_memory`` (bytes, all processes together), and what
            `worker.serve` takes.
    """

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._settings = settings
        self._locked_in: bool = settings.get("locked_in", False)
        self._statuses: dict[int, int] = {}
        self._worker = 0
        self._wakeup = -1

    def run(self) -> None:
        """Serve until the control socket closes; then end everything below."""
        self._wakeup, signalled = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(signalled, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wakeup, select.POLLIN)
        while True:
            ready = dict(poll.poll(_LOOK_EVERY * 1000 if self._worker else None))
            if self._wakeup in ready:
                self._read_wakeup()
                self._notice_deaths()
            if self._control.fileno() in ready:
                if not self._serve_order():
                    break
            elif self._worker:
                self._brake()
        self._end_all()

    def _read_wakeup(self) -> None:
        try:
            os.read(self._wakeup, 4096)
        except BlockingIOError:
            pass

    def _say(self, message: dict[str, Any]) -> None:
        self._control.send(json.dumps(message).encode())

    def _serve_order(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 3)
        if not data:
            return False
        order = json.loads(data)
        self._say({**self._carry_out(order, descriptors), "number": order["number"]})
        return True

    def _carry_out(self, order: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        match order["order"]:
            case "open":
                return {"pid": self._open(descriptors)}
            case "census":
                return self._census(order["ports"])
            case "ended":
                self._wait_until_ended(time.monotonic() + order["within"])
                return self._census(ports=False)
            case "freeze":
                self._freeze()
                return {}
            case "stacks":
                return {"deaf": not self._stacks(order["pid"])}
        return self._reset()

    def _freeze(self) -> None:
        for process in processes.descendants(os.getpid()):
            # Not the trackers: they remove shared memory when the others are dead.
            if not processes.is_tracker(process.pid):
                processes.send(process.pid, signal.SIGSTOP)

    def _open(self, descriptors: list[int]) -> int:
        pid = os.fork()
        if pid:
            for descriptor in descriptors:
                os.close(descriptor)
            self._worker = pid
            return pid
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            if self._locked_in:
                _prepare_locked_in_worker()
            channel, out, err = descriptors
            worker.become_worker(channel, out, err, self._settings)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(70)

    def _notice_deaths(self) -> None:
        processes.reap(self._statuses)
        if self._worker in self._statuses:
            code = os.waitstatus_to_exitcode(self._statuses[self._worker])
            self._say({"event": "died", "pid": self._worker, "exitcode": code})
            self._worker = 0

    def _census(self, ports: bool) -> dict[str, Any]:
        self._notice_deaths()
        below = processes.descendants(os.getpid())
        pids = [process.pid for process in below] if ports else []
        shared = os.listdir("/dev/shm") if self._locked_in else []
        return {"below": below, "ports": processes.listening_ports(pids), "shared": shared}

    def _wait_until_ended(self, deadline: float) -> None:
        while processes.children(os.getpid()):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            # Every death below wakes this up: orphans have become our children.
            select.select([self._wakeup], [], [], left)
            self._read_wakeup()
            self._notice_deaths()

    def _brake(self) -> None:
        below = processes.descendants(os.getpid())
        memory = sum(process.memory for process in below)
        most, heaviest = self._settings["max_processes"], self._settings["max_memory"]
        if len(below) > most + 1 or memory > heaviest:
            self._worker = 0
            self._end_all()
            self._say({"event": "brake", "processes": len(below), "memory": memory})

    def _stacks(self, pid: int) -> bool:
        """Let faulthandler in a process write the stacks of all its threads, and die of it.

        SIGABRT with ``-X faulthandler`` works for forked, spawned and forkserver processes alike,
        because multiprocessing hands that option on; nothing has to be installed in them.
        """
        if processes.look(pid) is None or processes.is_tracker(pid):
            return False
        for number in (signal.SIGABRT, signal.SIGCONT):
            processes.send(pid, number)
        deadline = time.monotonic() + _STACKS_WITHIN
        while time.monotonic() < deadline:
            processes.reap(self._statuses)
            process = processes.look(pid)
            if process is None or process.state == "Z":
                return True
            select.select([], [], [], 0.002)
        return False

    def _reset(self) -> dict[str, Any]:
        self._worker = 0
        left = self._end_all()
        self._statuses.clear()
        if self._locked_in:
            for folder in _PRIVATE:
                _empty(folder)
        return {"left": left}

    def _end_all(self) -> int:
        return processes.end_namespace() if self._locked_in else processes.end_everything()


def _prepare_locked_in_worker() -> None:
    processes.set_dumpable(True)  # or its own /proc/self would be closed to it
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory is short, a worker has to go, not PID 1


def _empty(folder: str) -> None:
    """Remove what a property left in a private folder, so that the next one finds it empty."""
    for root, folders, files in os.walk(folder, topdown=False):
        for name in files:
            os.unlink(os.path.join(root, name))
        for name in folders:
            path = os.path.join(root, name)
            os.unlink(path) if os.path.islink(path) else os.rmdir(path)


def main() -> None:
    """Entry point: ``python -c … CONTROL_FD SETTINGS`` (JSON)."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    sys.argv = [""]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if settings.get("locked_in"):
        processes.set_dumpable(False)
        resource.setrlimit(resource.RLIMIT_NPROC, (_MOST_TASKS, _MOST_TASKS))
    if settings["processes"]:
        import multiprocessing.context  # noqa: F401 - once here, not in every worker
    Zygote(control, settings).run()
    os._exit(0)  # nothing to finalise
