"""Text on a terminal: colour where it is wanted, plain ASCII where nothing else can be shown."""

from __future__ import annotations

import os
import re
import shutil
import sys

from grader.failure import Status
from grader.verdict import ExerciseResult

_COLOURS = {
    Status.PASSED: "32",
    Status.NOT_ATTEMPTED: "2",
    Status.NOT_CHECKED: "33",
    Status.NOT_RUN: "33",
    Status.GRADER_FAULT: "35",
}
_RED = "31"
_ASCII = str.maketrans({"·": "-", "…": "...", "★": "*", "✗": "x", "→": "->"})
_TITLE_WIDTH = 34
_STATUS_WIDTH = max(len(status) for status in Status)


def command() -> str:
    """How this person starts the grader."""
    return f"{'python' if shutil.which('python') or os.name == 'nt' else 'python3'} -m grader"


def say(text: str = "") -> None:
    """Print lines at once, whatever the terminal can show."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    print(text, flush=True)


def row(result: ExerciseResult) -> str:
    """One exercise in the table."""
    title = result.title
    if len(title) > _TITLE_WIDTH:
        title = title[: _TITLE_WIDTH - 1] + "…"
    status = _coloured(f"{result.status:<{_STATUS_WIDTH}}", result.status)
    points = f"{result.points:g} of {result.max_points}"
    seconds = f"{result.seconds:6.1f} s" if result.seconds else ""
    return f"  {result.id:<6} {title:<{_TITLE_WIDTH}}  {status}  {points:>10}  {seconds}".rstrip()


def colour_statuses(line: str) -> str:
    """A line of the explanation, with the status after a property's id in its colour."""
    found = re.match(r"  P\d+ (.{8,}?)  ?\S", line)
    for status in Status:
        if found and line[5:].lstrip().startswith(status):
            return line.replace(status, _coloured(status, status), 1)
    return line


def _coloured(text: str, status: Status) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{_COLOURS.get(status, _RED)}m{text}\033[0m"
