"""Copies of the whole checkout, and command lines as people type them there.

A copy borrows the packages of the environment that runs the tests: making one anew for each would
take half a minute and the network. That an environment makes itself is shown elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from support import command
from support.courses import CHECKOUT

ODD = "a course, 学生"
"""A folder's name with what breaks careless commands: a space, a comma, Chinese."""
PATIENCE = 240  # seconds; only a hang needs them
_LEFT_OUT = (".git", ".venv*", "venv*", "build", "__pycache__", ".*_cache", ".hypothesis")
# Of whoever started the tests; a person at a fresh terminal has none of them.
_NOT_THEIRS = ("GRADER_", "MAKE", "MFLAGS", "START", "PYTEST_", "EX", "FROM", "ARGS", "FULL")


@dataclass(frozen=True)
class Ended:
    """A command line that has ended."""

    line: str
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that it wrote, and what it was: for the message of an assertion."""
        return f"$ {self.line}\n{self.out}{self.err}[{self.code}]"


def copy(folder: Path) -> Path:
    """A copy of the checkout that can be worked in."""
    shutil.copytree(CHECKOUT, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return lend_environment(folder)


def lend_environment(root: Path) -> Path:
    """Give a copy an environment that is finished and right, with the packages of this one."""
    folder = root / ".venv"
    make = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(make, check=True, env=command.environment())
    (packages,) = folder.glob("lib/python*/site-packages")
    lent = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (packages / "lent.pth").write_text("".join(f"{path}\n" for path in dict.fromkeys(lent)))
    locks = list(root.glob("requirements*.lock"))
    version = ".".join(map(str, sys.version_info[:2]))
    marker = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in locks}
    marker |= {"checkout": os.path.realpath(root), "python": version, "base": "", "asked": ""}
    (folder / "grader-environment.json").write_text(json.dumps(marker))
    return root


def environment(root: Path, **more: str) -> dict[str, str]:
    """What a fresh terminal has; ``python`` and ``python3`` are the one that runs the tests."""
    mine = {
        name: value
        for name, value in command.environment().items()
        if not name.startswith(_NOT_THEIRS) and name != "PYTHONPATH"
    }
    path = os.pathsep.join([str(_pythons(root)), mine["PATH"]])
    return {**mine, "PATH": path, **more}


def _pythons(root: Path) -> Path:
    folder = root.parent / "pythons"
    if not folder.exists():
        folder.mkdir()
        base: str = getattr(sys, "_base_executable", sys.executable)
        for name in ("python", "python3"):
            (folder / name).symlink_to(os.path.realpath(base))
    return folder


def start(root: Path, line: str, **environ: str) -> subprocess.Popen[str]:
    """Start a command line in a copy, as a shell does it."""
    return subprocess.Popen(
        ["sh", "-c", line],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=root,
        env=environment(root, **environ),
        start_new_session=True,
    )


def run(root: Path, line: str, **environ: str) -> Ended:
    """Run a command line in a copy."""
    with start(root, line, **environ) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return Ended(line, process.returncode, out, err)
