"""A control group for one sandbox: bounds on memory and tasks, and proof that nothing is left.

Version 2 where our own group is delegated to us, version 1 where we are root. Where neither can be
had, the zygote's own count and the resource limits remain.
"""

from __future__ import annotations

import contextlib
import functools
import os
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_EMPTY_WITHIN = 5.0  # seconds for the kernel to end what was in a sandbox
_OLD = 3600.0  # seconds after which a group of nobody is removed
REMEDY = (
    "without one the limits on memory and tasks are less exact; "
    "systemd-run --user --scope -p Delegate=yes gives one"
)


@dataclass(frozen=True)
class Group:
    """Folders of one group: one for version 2, one for each controller of version 1."""

    folders: tuple[Path, ...]

    def enter(self) -> None:
        """Put the calling process, and what it starts, into the group."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def pids(self) -> list[int]:
        """Who is in the group."""
        text = "".join(_read(folder / "cgroup.procs") for folder in self.folders)
        return sorted({int(pid) for pid in text.split()})

    def refusals(self) -> tuple[int, int]:
        """How often the kernel killed for want of memory, and how often it refused a task."""
        killed = self._count("memory.events", "oom_kill ")
        killed += self._count("memory.oom_control", "oom_kill ")
        return killed, self._count("pids.events", "max ")

    def _count(self, file: str, key: str) -> int:
        lines = "".join(_read(folder / file) for folder in self.folders).splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(key))

    def remove(self) -> None:
        """Remove the group, once it is empty.

        Raises:
            RuntimeError: a process is still in it.
        """
        deadline = time.monotonic() + _EMPTY_WITHIN
        while self.pids():
            if time.monotonic() > deadline:
                raise RuntimeError(f"processes {self.pids()} are still in {self.folders[0]}")
            time.sleep(0.001)
        for folder in self.folders:
            while folder.exists():
                with contextlib.suppress(OSError):  # busy for a moment after its last process
                    folder.rmdir()
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{folder} cannot be removed")


def make(max_memory: int, max_tasks: int) -> Group | None:
    """A new, empty group with bounds, None where there is none to be had.

    Args:
        max_memory: bytes of all its processes together.
        max_tasks: processes and threads; zombies count.
    """
    with contextlib.suppress(OSError):
        return _version_2(max_memory, max_tasks) or _version_1(max_memory, max_tasks)
    return None


def _own(controller: str) -> str | None:
    """The path of our own group for a controller; the empty name is version 2."""
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    return None


def _version_2(max_memory: int, max_tasks: int) -> Group | None:
    path = _own("")
    if path is None or not (_ROOT / "cgroup.controllers").exists():
        return None
    base = _ROOT / path.lstrip("/")
    if not os.access(base, os.W_OK):
        return None
    if base.name == "grader-judge":
        base = base.parent
    wanted = {"memory", "pids"}
    if not wanted <= set(_read(base / "cgroup.subtree_control").split()):
        # A group with processes of its own cannot hand controllers on: step down into a leaf.
        leaf = base / "grader-judge"
        leaf.mkdir(exist_ok=True)
        (leaf / "cgroup.procs").write_text(str(os.getpid()))
        (base / "cgroup.subtree_control").write_text("+memory +pids")
    _sweep(base)
    folder = base / _name()
    folder.mkdir()
    (folder / "memory.max").write_text(str(max_memory))
    with contextlib.suppress(OSError):  # no swap controller, no swap to forbid
        (folder / "memory.swap.max").write_text("0")
    (folder / "pids.max").write_text(str(max_tasks))
    return Group((folder,))


def _version_1(max_memory: int, max_tasks: int) -> Group | None:
    if os.getuid() != 0:
        return None
    folders = []
    for controller, file, bound in (
        ("memory", "memory.limit_in_bytes", max_memory),
        ("pids", "pids.max", max_tasks),
    ):
        path = _own(controller)
        parent = _ROOT / controller / (path or "").lstrip("/")
        if path is None or not parent.is_dir():
            continue
        _sweep(parent)
        folder = parent / _name()
        folder.mkdir()
        folders.append(folder)
        (folder / file).write_text(str(bound))
    return Group(tuple(folders)) if folders else None


@functools.cache
def _sweep(parent: Path) -> None:
    """Remove the empty groups of graders that were killed; old ones only, for theirs may be new."""
    for folder in parent.glob("grader-*-*"):
        with contextlib.suppress(OSError):
            pid = folder.name.split("-")[1]
            old = time.time() - folder.stat().st_mtime > _OLD
            if old and not Path(f"/proc/{pid}").exists():
                folder.rmdir()


_made = 0


def _name() -> str:
    global _made
    _made += 1
    return f"grader-{os.getpid()}-{_made}"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
