"""What a worker says of a call, taken apart: every part of it is a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.inside.kit import wire

_TEXT = 2000
_FRAMES = 20


@dataclass(frozen=True)
class Outcome:
    """How a call of the student's function ended: with a value, or with an exception.

    Attributes:
        function: its name.
        value: what it returned; `MISSING` if it raised.
        error: type name and arguments of what it raised; None if it returned.
        text: the text of the exception; empty if it returned.
        error_text: one line for people, with the student's own line; empty if it returned.
    """

    function: str
    value: Any
    error: wire.Raised | None = None
    text: str = ""
    error_text: str = ""


_SHAPE: dict[str, tuple[type, ...]] = {
    "raised": (dict,),
    "after": (list,),
    "threads": (list,),
    "helpers": (list,),
    "method": (str, type(None)),
}


def check_shape(answer: dict[str, Any]) -> None:
    """An answer is what the worker's own code would say, or `WireError`: it may be forged."""
    for key, kinds in _SHAPE.items():
        if key in answer and not isinstance(answer[key], kinds):
            raise wire.WireError(f"{key!r} of an answer is of the wrong type")
    if not all(type(pid) is int for pid in answer.get("helpers", ())):
        raise wire.WireError("helpers are pids")


class Described:
    """An exception as the worker described it; every part of it is a claim."""

    def __init__(self, raised: Any, file_name: str) -> None:
        raised = raised if isinstance(raised, dict) else {}
        self.type = claim(raised.get("type"), 200)
        self.text = claim(raised.get("text"), _TEXT)
        args = wire.decode(raised.get("args"))
        self.args = args if isinstance(args, tuple) else ()
        self._where = _own_line(raised, file_name)

    def line(self) -> str:
        """``ValueError: text (file.py, line 12)``."""
        text = f"{self.type}: {self.text}" if self.text else self.type
        return f"{text.rstrip('.')}{self._where}."


def _own_line(raised: dict[str, Any], file_name: str) -> str:
    """Where in the student's file it happened, as `` (file.py, line 12)``."""
    at = raised.get("at")
    frames = raised.get("frames")
    if isinstance(at, list) and len(at) == 3 and claim(at[0], _TEXT).endswith(file_name):
        return f" ({file_name}, line {claim(at[1], 20)}: {claim(at[2], 200).strip()})"
    for frame in reversed(frames[-_FRAMES:] if isinstance(frames, list) else []):
        known = isinstance(frame, list) and len(frame) == 3
        if known and claim(frame[0], _TEXT).endswith(file_name):
            return f" ({file_name}, line {claim(frame[1], 20)})"
    return ""


def claim(value: Any, most: int) -> str:
    """A text or number of an answer, cut; a forged one may be of any type and size."""
    return str(value)[:most] if isinstance(value, (str, int)) else f"<{type(value).__name__}>"
