"""Ctrl-C, SIGTERM and SIGHUP as `KeyboardInterrupt`, but never in the middle of what must be whole.

A submission that is only half made, or half ended, would leave folders and processes behind.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

_depth = 0
_pending = False


def install() -> None:
    """Be interrupted by being asked to end, as by Ctrl-C."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


def _interrupt(number: int, frame: object) -> None:
    global _pending
    if _depth:
        _pending = True
    else:
        raise KeyboardInterrupt


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """Hold an interruption back until the block is done."""
    global _depth, _pending
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if _pending and not _depth:
            _pending = False
            raise KeyboardInterrupt
