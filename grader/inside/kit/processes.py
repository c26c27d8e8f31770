"""What /proc says about a tree of processes, and how to end all of it (Linux).

Used by the zygote, and by the grader itself for the case that a submission killed the zygote.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections import namedtuple

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_TRACKERS_WITHIN = 1.0  # seconds that resource trackers get to clean up


Process = namedtuple("Process", ["pid", "parent", "state", "ticks", "memory"])
"""One line of /proc: states are those of ``ps``, ticks of CPU, memory in resident bytes."""


def adopt_orphans() -> None:
    """Make this process the new parent of every descendant whose own parent ends.

    Raises:
        OSError: the kernel refuses.
    """
    import ctypes  # not at the top: the zygote gets this setting from the grader

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def look(pid: int) -> Process | None:
    """What is known of one process; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    memory = int(fields[21]) * _PAGE
    ticks = int(fields[11]) + int(fields[12])
    return Process(pid, int(fields[1]), fields[0].decode(), ticks, memory)


_PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(root: int) -> list[Process]:
    """Every process below ``root``, parents before children; zombies too."""
    found: list[Process] = []
    waiting = children(root)
    while waiting:
        process = look(waiting.pop(0))
        if process is not None:
            found.append(process)
            waiting += children(process.pid)
    return found


def children(pid: int) -> list[int]:
    """The pids of the children of all threads of a process."""
    pids: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return pids
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                pids += map(int, file.read().split())
        except OSError:  # the thread is gone
            continue
    return pids


def command_line(pid: int) -> list[str]:
    """The command line of a process; empty when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode("utf-8", "replace").split("\0")[:-1]
    except OSError:
        return []


def listening_ports(pids: list[int]) -> list[int]:
    """TCP ports on which one of these processes listens."""
    inodes = {inode for pid in pids for inode in _socket_inodes(pid)}
    return [port for port, inode in _listening() if inode in inodes] if inodes else []


def all_listening_ports() -> list[int]:
    """TCP ports of this network namespace; a process that hides its descriptors hides none."""
    return [port for port, _ in _listening()]


def _listening() -> list[tuple[int, str]]:
    """Port and inode of every listening socket, in order."""
    rows = [line.split() for line in _lines("/proc/self/net/tcp") + _lines("/proc/self/net/tcp6")]
    found = {(int(row[1].rpartition(":")[2], 16), row[9]) for row in rows if row[3] == "0A"}
    return sorted(found)


def _lines(path: str) -> list[str]:
    try:
        with open(path) as file:
            return list(file)[1:]
    except OSError:
        return []


def _socket_inodes(pid: int) -> list[str]:
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return []
    targets = [_target(f"/proc/{pid}/fd/{name}") for name in names]
    return [target[8:-1] for target in targets if target.startswith("socket:[")]


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def reap(statuses: dict[int, int] | None = None) -> None:
    """Collect every child that has ended; their wait statuses go into ``statuses``."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if statuses is not None:
            statuses[pid] = status


def end_everything(statuses: dict[int, int] | None = None, patience: float = 10.0) -> int:
    """Kill and reap all descendants of this process until none is left.

    This process must have adopted orphans. A child that forks faster than it is killed is
    caught in the end: what is forked is killed in the next round, and stopped processes die too.
    Resource trackers of multiprocessing get a moment to remove shared memory that nobody unlinked:
    they end by themselves when the others are gone.

    Args:
        statuses: receives the wait status of each child that was reaped.
        patience: seconds before it gives up.

    Returns:
        How many were still there when it gave up; 0 is the rule.
    """
    started = time.monotonic()
    while True:
        left = descendants(os.getpid())
        waited = time.monotonic() - started
        for process in left:
            if process.state == "Z":
                continue
            if waited < _TRACKERS_WITHIN and is_tracker(process.pid):
                continue
            send(process.pid, signal.SIGKILL)
        reap(statuses)
        if not left or waited > patience:
            return len(left)
        # A killed process needs a moment to become a zombie.
        select.select([], [], [], 0.001)


def end_namespace() -> int:
    """As `end_everything`, for PID 1 of a pid namespace: one call reaches everybody in it."""
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:  # nobody but us
            reap()
            return 0
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            continue
        reap()


def set_dumpable(dumpable: bool) -> None:
    """Whether other processes of the same user may look into this one (ptrace, /proc/PID/mem)."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0)


def is_tracker(pid: int) -> bool:
    """Whether a process is a resource tracker of multiprocessing, by its command line."""
    return "multiprocessing.resource_tracker" in " ".join(command_line(pid))


def is_helper(pid: int) -> bool:
    """Whether a process is one that multiprocessing keeps by design: fork server or tracker."""
    line = " ".join(command_line(pid))
    return "multiprocessing.resource_tracker" in line or "multiprocessing.forkserver" in line


def is_deaf(pid: int, number: int) -> bool:
    """Whether a process blocks or ignores a signal."""
    deaf = 0
    for line in _lines(f"/proc/{pid}/status"):
        if line.startswith(("SigBlk:", "SigIgn:")):
            deaf |= int(line.split()[1], 16)
    return bool(deaf >> (number - 1) & 1)
