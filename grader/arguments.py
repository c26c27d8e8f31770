"""What may be an argument of a call besides plain values, and whether arguments stayed as they were."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader import compare
from grader.guests import Guest, Placed
from grader.inside.kit import wire


@dataclass(frozen=True)
class Given:
    """A name of the given helpers, as an argument; with its own first arguments, if there are any."""

    name: str
    args: tuple[object, ...] = ()

    def __repr__(self) -> str:
        return (
            f"partial({', '.join([self.name, *map(repr, self.args)])})" if self.args else self.name
        )


@dataclass(frozen=True)
class Context:
    """A multiprocessing context, as an argument."""

    method: str

    def __repr__(self) -> str:
        return f'get_context("{self.method}")'


def reference(value: object) -> Any:
    match value:
        case Context():
            return {"x": value.method}
        case Given():
            return {"g": [value.name, [wire.encode(each, reference) for each in value.args]]}
        case Placed():
            return {"w": [value.number, value.name, list(value.methods)]}
        case Guest():
            raise TypeError("pass what session.place returned, not the object itself")
    raise TypeError(f"no argument of a call can be of type {type(value).__name__}: {value!r}")


_ANYTHING = {"o": "given"}


def _mark(value: object) -> Any:
    return _ANYTHING if isinstance(value, (Context, Given, Placed)) else None


def unchanged(args: tuple[object, ...], after: Any) -> bool:
    return _matches([wire.encode(each, _mark) for each in args], after)


def _matches(before: Any, after: Any) -> bool:
    """Whether JSON data is as it was; what the grader or ``given`` brought may be anything."""
    if before == _ANYTHING:
        return True
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_matches, before, after))
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        ((tag, one),), ((_, other),) = before.items(), after.items()
        if tag in ("s", "z") and isinstance(other, list):  # a set has no order
            one, other = sorted(one, key=json.dumps), sorted(other, key=json.dumps)
        return _matches(one, other)
    return type(before) is type(after) and before == after


def changes(args: tuple[object, ...], after: Any) -> str:
    """Which arguments were changed, and into what."""
    changes = []
    for number, (before, data) in enumerate(zip(args, after, strict=False), 1):
        if not unchanged((before,), [data]):
            now = compare.short(wire.decode(data), 80)
            changes.append(f"argument {number} was {compare.short(before, 80)} and is {now} now")
    return ", ".join(changes) or "their number"
