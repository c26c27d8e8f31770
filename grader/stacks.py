"""What faulthandler wrote, as a learner wants to read it: the line of their own file first."""

from __future__ import annotations

import re
from pathlib import Path

_THREAD = re.compile(r"^(?:Current thread|Thread) 0x[0-9a-f]+(?: \[(?P<name>[^\]]*)\])? ")
_FRAME = re.compile(r'^  File "(?P<path>[^"]*)", line (?P<line>\d+) in (?P<function>.*)$')
_MOST_FRAMES = 12
_OURS = ("/kit/worker.py", "/kit/zygote.py", "<string>", "importlib")


def readable(text: str, process: str, file_name: str) -> list[str]:
    """Turn the dump of one process into lines.

    Args:
        text: what faulthandler wrote, perhaps among other output.
        process: what to call the process.
        file_name: the student's own file.

    Returns:
        For each thread a line that says where it stands in the student's file, then its frames,
        innermost first; empty when the text holds no dump.
    """
    lines: list[str] = []
    threads = _threads(text)
    for number, frames in enumerate(threads, 1):
        which = process if len(threads) == 1 else f"{process}, thread {number}"
        own = next((each for each in frames if each[0] == file_name), None)
        if own is not None:
            lines.append(f"{which} stands at {own[0]}, line {own[1]}, in {own[2]}")
        elif frames:
            lines.append(f"{which} stands in no line of {file_name}")
        lines += [f"    {path}:{line} {function}" for path, line, function in frames[:_MOST_FRAMES]]
        if len(frames) > _MOST_FRAMES:
            lines.append(f"    … {len(frames) - _MOST_FRAMES} more")
    return lines


def _threads(text: str) -> list[list[tuple[str, str, str]]]:
    threads: list[list[tuple[str, str, str]]] = []
    for line in text.splitlines():
        frame = _FRAME.match(line)
        if _THREAD.match(line):
            threads.append([])
        elif frame and threads and not any(mark in frame["path"] for mark in _OURS):
            threads[-1].append((_short_path(frame["path"]), frame["line"], frame["function"]))
    return [frames for frames in threads if frames]


def _short_path(path: str) -> str:
    """``multiprocessing/popen_fork.py`` for the library, the bare name for the student's file."""
    parts = Path(path).parts
    for index, part in enumerate(parts):
        if re.fullmatch(r"python3\.\d+t?|Lib", part):
            return "/".join(parts[index + 1 :])
    return parts[-1]
