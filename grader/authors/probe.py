"""A program: import one module under its own name, and report what that did.

``probe.py REPORT MODULE FILE PATH…``: the report is JSON, with ``error``, ``acted`` (what the
module's own top level opened or started) and ``threads``. Standard library only; what the module
prints goes where this program's output goes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

_WATCHED = (
    *("open", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.startfile", "os.mkdir"),
    *("os.remove", "os.rename", "shutil.", "socket.", "subprocess.Popen", "tempfile."),
    *("_thread.", "mmap.", "signal."),
)


class Hook:
    """Notes what the module itself does; what other modules do when imported does not count."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.acted: list[str] = []

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(_WATCHED):
            line = self._line(sys._getframe(1))
            if line is not None:
                self.acted.append(f"line {line}: {event}{_first(args)}")

    def _line(self, frame: FrameType | None) -> int | None:
        """The module's line that led here, None where an import stands between."""
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                return frame.f_lineno
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return None
            frame = frame.f_back
        return None


def _first(args: tuple[Any, ...]) -> str:
    return f" {str(args[0])[:60]}" if args and isinstance(args[0], str | int) else ""


def main(arguments: list[str]) -> None:
    """Import, write the report, and end."""
    report, name, file, *paths = arguments
    sys.path[:0] = paths
    sys.dont_write_bytecode = True
    hook = Hook(file)
    sys.addaudithook(hook)
    error = ""
    try:
        specification = importlib.util.spec_from_file_location(name, file)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    except BaseException as caught:  # SystemExit too: the importer would end with it
        error = traceback.format_exception_only(caught)[-1].strip()
    acted, threads = list(dict.fromkeys(hook.acted)), threading.active_count() - 1
    text = json.dumps({"error": error, "acted": acted, "threads": threads})
    Path(report).write_text(text, encoding="utf-8")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a thread that was left must not hold this program; a process is still seen


if __name__ == "__main__":
    main(sys.argv[1:])
