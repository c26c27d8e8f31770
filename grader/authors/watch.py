"""A program: run a command and report how it ended and which processes it left.

``watch.py REPORT SECONDS COMMAND…``: the report is JSON, with ``code`` (None when the time was
over) and ``left`` (command lines; None where this system cannot tell). Whatever is left is ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

LINUX = sys.platform.startswith("linux")
_GRACE = 2.0
"""Seconds in which what multiprocessing itself leaves, the fork server and the resource tracker,
notices that its program is gone."""

if LINUX:
    from grader.inside.kit import processes


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run the command and write the report."""
    report, seconds, *command = arguments
    signal.signal(signal.SIGTERM, _interrupt)
    if LINUX:
        processes.adopt_orphans()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        code = _wait(child, float(seconds))
        left = _left() if LINUX and code is not None else None
        text = json.dumps({"code": code, "left": left})
        Path(report).write_text(text, encoding="utf-8")
    except KeyboardInterrupt:
        return 130
    finally:
        _end(child)
    return 0


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _left() -> list[str]:
    """What still runs after the grace."""
    until = time.monotonic() + _GRACE
    while True:
        processes.reap()
        left = [each for each in processes.descendants(os.getpid()) if each.state != "Z"]
        if not left or time.monotonic() > until:
            return [" ".join(processes.command_line(each.pid)) or str(each.pid) for each in left]
        select.select([], [], [], 0.005)


def _end(child: subprocess.Popen[bytes]) -> None:
    if LINUX:
        processes.end_everything()
    else:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
