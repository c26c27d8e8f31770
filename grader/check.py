"""The judgements that properties are written with: each one fails with words for the student."""

from __future__ import annotations

import contextlib
import types
import typing
from collections.abc import Iterator
from typing import Any

from grader import compare
from grader.failure import MISSING, Failed, NotChecked, Status
from grader.inside.kit.wire import Opaque

__all__ = ["equal", "is_a", "possible", "telling", "that"]


def equal(
    came: object, expected: object, says: str = "The answer is not right.", **facts: Any
) -> None:
    """Fail unless both values are the same, by exact type at every level.

    Raises:
        Failed: with both values and the first difference.
    """
    __tracebackhide__ = True
    if not compare.same(came, expected):
        raise Failed(Status.WRONG, says, came=came, expected=expected, facts=facts)


def that(
    condition: bool, says: str, *, came: Any = MISSING, expected: Any = MISSING, **facts: Any
) -> None:
    """Fail with a sentence unless the condition holds.

    Raises:
        Failed: with ``says`` and what else was given.
    """
    __tracebackhide__ = True
    if not condition:
        raise Failed(Status.WRONG, says, came=came, expected=expected, facts=facts)


def is_a(came: object, kind: Any) -> None:
    """Fail unless a value is exactly of a type, such as ``list[int]`` or ``str | None``.

    Properties call it before they look into an answer: anything can come from a submission.

    Raises:
        Failed: says what came instead.
    """
    __tracebackhide__ = True
    if not _fits(came, kind):
        raise Failed(
            Status.WRONG,
            f"It returned {_describe(came)}; expected {_name(kind)}.",
            came=came,
        )


def possible(condition: bool, why_not: str) -> None:
    """Leave a property undecided where this system cannot decide it.

    Raises:
        NotChecked: with the reason, unless the condition holds.
    """
    if not condition:
        raise NotChecked(why_not)


def _fits(value: object, kind: Any) -> bool:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return any(compare.same(value, each) for each in args)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in args)
    if kind is None or kind is types.NoneType:
        return value is None
    if type(value) is not (origin or kind):
        return False
    if not args:
        return True
    if isinstance(value, dict):
        return all(_fits(key, args[0]) and _fits(item, args[1]) for key, item in value.items())
    if isinstance(value, tuple):
        if args[-1] is Ellipsis:
            return all(_fits(each, args[0]) for each in value)
        return len(value) == len(args) and all(map(_fits, value, args))
    return all(_fits(each, args[0]) for each in typing.cast("list[object]", value))


def _describe(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return f"an object of type {value.type_name}"
    if isinstance(value, (list, tuple, set, frozenset)) and value:
        inner = sorted({_type_name(each) for each in value})
        return f"a {type(value).__name__} of {' and '.join(inner)}"
    return f"{compare.short(value, 80)}, of type {type(value).__name__}"


def _type_name(value: object) -> str:
    return value.type_name if isinstance(value, Opaque) else type(value).__name__


def _name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not typing.get_args(kind) else str(kind)


@contextlib.contextmanager
def telling(**facts: Any) -> Iterator[None]:
    """Add facts to whatever fails inside; those that can be called are asked then.

    What the failure itself knows under the same name stays.
    """
    try:
        yield
    except Failed as failed:
        now = {name: fact() if callable(fact) else fact for name, fact in facts.items()}
        failed.facts = {**now, **failed.facts}
        raise
