"""A look at what a test leaves: processes, temporary files, shared memory.

Other programs run on the same machine. So only this is counted: descendants of this process,
files in a temporary folder of its own, and shared memory whose name holds the test's own mark.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

LINUX = sys.platform == "linux"
if LINUX:
    import ctypes

    from grader.inside.kit import processes

_PR_SET_CHILD_SUBREAPER = 36
_SHARED = Path("/dev/shm")


@dataclass
class Watch:
    """What is watched.

    Attributes:
        folder: the temporary folder of everything that is started.
        mark: part of the names of shared memory that a test makes.
        may_stay: files of the folder that a test leaves on purpose.
    """

    folder: Path
    mark: str
    may_stay: set[str] = field(default_factory=set)


@contextlib.contextmanager
def nothing_left() -> Iterator[Watch]:
    """Fail when anything is left at the end. Orphans come here, so that none is overlooked."""
    folder = Path(tempfile.mkdtemp(prefix="watch-"))
    folder.chmod(0o711)  # the sandbox's uid has to get through
    watch = Watch(folder, f"watch{uuid.uuid4().hex[:12]}")
    outside, before = os.environ.get("TMPDIR"), set(_children())
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    _adopt(True)
    try:
        yield watch
        left = [*_end_processes(before), *_files(watch), *_shared(watch)]
    finally:
        tempfile.tempdir = None
        del os.environ["TMPDIR"]
        if outside is not None:
            os.environ["TMPDIR"] = outside
        _end_processes(before)
        _adopt(False)
        shutil.rmtree(folder, ignore_errors=True)
    if left:
        pytest.fail(f"left behind: {'; '.join(left)}")


def living(but: set[int] = frozenset()) -> list[int]:
    """Pids of all descendants of this process that have not ended."""
    found = processes.descendants(os.getpid()) if LINUX else []
    return [each.pid for each in found if each.state != "Z" and each.pid not in but]


def wait_for_orphans(seconds: float) -> None:
    """Wait for what ends by itself a moment after its parent, as a resource tracker does.

    Who has not ended after so many seconds is left to `nothing_left`, which fails.
    """
    deadline = time.monotonic() + seconds
    for pid in living():
        with contextlib.suppress(ProcessLookupError):
            pidfd = os.pidfd_open(pid)
            try:
                select.select([pidfd], [], [], max(0.0, deadline - time.monotonic()))
            finally:
                os.close(pidfd)


def _adopt(on: bool) -> None:
    if LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def _children() -> list[int]:
    return processes.children(os.getpid()) if LINUX else []


def _end_processes(before: set[int]) -> list[str]:
    """Kill what lives and is new; reap it; say what it was."""
    left = []
    while pids := living(before):
        for pid in pids:
            left.append(f"process {pid} {processes.command_line(pid)}")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap(before, wait=True)
    _reap(before, wait=False)
    return left


def _reap(before: set[int], *, wait: bool) -> None:
    for pid in set(_children()) - before:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0 if wait else os.WNOHANG)


def _files(watch: Watch) -> list[str]:
    return [f"file {each}" for each in watch.folder.iterdir() if each.name not in watch.may_stay]


def _shared(watch: Watch) -> list[str]:
    names = os.listdir(_SHARED) if _SHARED.is_dir() else []
    found = [name for name in names if watch.mark in name]
    for name in found:
        (_SHARED / name).unlink()
    return [f"shared memory {name}" for name in found]
