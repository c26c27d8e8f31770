"""The process above a submission: starts its workers, counts what is below, ends all of it.

It runs no code of a student and holds no secret. Its orders come over a SEQPACKET socket, one
JSON object a message; when that socket closes, it ends everything below and exits. At level
student it is a plain process that adopts orphans; in a sandbox it is PID 1, which nothing inside
can kill, stop or look into.

=============================  =======================================================
order                          answer
=============================  =======================================================
``open`` with 3 descriptors    ``pid`` of a fresh worker (channel, stdout, stderr)
``census``                     ``below``: a `Process` row for each descendant;
                               ``helpers``: which of them multiprocessing keeps by
                               design; if asked, the ``ports`` on which they listen;
                               in a sandbox ``shared``, names of shared memory
``ended``, ``within``          as ``census``, when nothing is below any more, or when
                               so many seconds have passed
``freeze``                     everything below is stopped
``stacks``, ``pid``            the process wrote its stacks and is dead, or ``deaf``
``reset``                      all is dead and reaped: ``left`` is 0; ``dirty`` when
                               a sandbox's private folders cannot be emptied
=============================  =======================================================

On its own it says ``died`` with an exit code when the worker ends, and ``brake`` when more
processes, memory or seconds of CPU than allowed were below it: then all of them are dead already.
"""

from __future__ import annotations

import fcntl
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
_STACKS_WITHIN = 0.5  # seconds for a process to write its stacks
_MESSAGE = 64 * 1024
_PRIVATE = ("/tmp", "/dev/shm")  # of a sandbox
_MOST_NAMES = 20  # of shared memory, in an answer: a message has to stay small
_MOST_FILES = 2000  # that a reset removes one by one
_TICKS = os.sysconf("SC_CLK_TCK")


class Zygote:
    """One submission's supervisor.

    Args:
        control: the connected SEQPACKET socket.
        settings: ``max_processes``, ``max_memory`` (bytes, all processes together), ``max_cpu``
            (seconds, of all that live), in a sandbox ``max_tasks`` (threads and zombies included),
            and what `worker.serve` takes.
    """

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._settings = settings
        self._locked_in: bool = settings.get("locked_in", False)
        self._statuses: dict[int, int] = {}
        self._worker = 0
        self._wakeup = -1
        self._lifeline, self._held = os.pipe()

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
        try:
            self._serve(poll)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the grader has gone while it was being answered
        finally:
            self._end_all()

    def _serve(self, poll: select.poll) -> None:
        while True:
            ready = dict(poll.poll(_LOOK_EVERY * 1000 if self._worker else None))
            if self._wakeup in ready:
                self._read_wakeup()
                self._notice_deaths()
            if self._control.fileno() in ready:
                if not self._serve_order():
                    return
            elif self._worker:
                self._brake()

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
            os.close(self._held)
            _die_with_the_holder(self._lifeline)
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
        shared = os.listdir("/dev/shm")[:_MOST_NAMES] if self._locked_in else []
        own = [process.pid for process in below if process.parent == self._worker]
        helpers = [pid for pid in own if processes.is_helper(pid)]
        found = self._ports(below) if ports else []
        return {"below": below, "helpers": helpers, "ports": found, "shared": shared}

    def _ports(self, below: list[processes.Process]) -> list[int]:
        if self._locked_in:
            return processes.all_listening_ports()[:_MOST_NAMES]
        return processes.listening_ports([process.pid for process in below])[:_MOST_NAMES]

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
        seconds = sum(process.ticks for process in below) / _TICKS
        most, heaviest = self._settings["max_processes"], self._settings["max_memory"]
        if len(below) > most + 1 or memory > heaviest or seconds > self._settings["max_cpu"]:
            self._worker = 0
            self._end_all()
            seen = {"processes": len(below), "memory": memory, "seconds": seconds}
            self._say({"event": "brake", **seen})

    def _stacks(self, pid: int) -> bool:
        """Let faulthandler in a process write the stacks of all its threads, and die of it.

        SIGABRT with ``-X faulthandler`` works for forked, spawned and forkserver processes alike,
        because multiprocessing hands that option on; nothing has to be installed in them.
        """
        deaf = processes.is_tracker(pid) or processes.is_deaf(pid, signal.SIGABRT)
        if processes.look(pid) is None or deaf:
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
        clean = not self._locked_in or all(map(_empty, _PRIVATE))
        return {"left": left, "dirty": not clean}

    def _end_all(self) -> int:
        return processes.end_namespace() if self._locked_in else processes.end_everything()


def _die_with_the_holder(lifeline: int) -> None:
    """Be killed when nobody holds the other end of a pipe any more.

    A submission that kills its parent in every call would kill its zygote first. As an orphan it
    comes to the grader, and would kill that next. The kernel closes what a process held before it
    gives its children away, so the orphan is dead by then.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)


def _prepare_locked_in_worker() -> None:
    processes.set_dumpable(True)  # or its own /proc/self would be closed to it
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory is short, a worker has to go, not PID 1


def _empty(folder: str) -> bool:
    """Remove what a property left in a private folder, so that the next one finds it empty.

    Returns:
        Whether it is empty. A forest of files, a folder that is closed or too deep: not here, a
        new sandbox is quicker.
    """
    removed = 0
    try:
        for root, folders, files in os.walk(folder, topdown=False):
            for name in files + folders:
                path = os.path.join(root, name)
                if os.path.isdir(path) and not os.path.islink(path):
                    os.rmdir(path)
                else:
                    os.unlink(path)
                removed += 1
                if removed > _MOST_FILES:
                    return False
        return not os.listdir(folder)
    except (OSError, RecursionError):
        return False


def main() -> None:
    """Entry point: ``python -c … CONTROL_FD SETTINGS`` (JSON)."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    sys.argv = [""]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if settings.get("locked_in"):
        processes.set_dumpable(False)
        resource.setrlimit(resource.RLIMIT_NPROC, (settings["max_tasks"],) * 2)
    if settings["processes"]:
        import multiprocessing.context  # noqa: F401 - once here, not in every worker
    Zygote(control, settings).run()
    os._exit(0)  # nothing to finalise
