"""What a module of properties is written with, next to `hypothesis` and `grader.check`.

A property is a pytest function ``test_p1_…(session, …)`` with ``@given``: its docstring is the line
that the student reads, its number the order. `evidence` says what its judgement rests on.
``MISCONCEPTIONS`` lists the mistakes that the module can recognise. See CONTRIBUTING for a recipe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.failure import Failed, Status

_Test = TypeVar("_Test", bound=Callable[..., Any])

KINDS = ("value", "attested", "observed")


@dataclass(frozen=True)
class Evidence:
    """What the judgement of a property rests on.

    Attributes:
        kinds: one or two of ``value`` (compared in the grader), ``attested`` (by the kernel or the
            witness), ``observed`` (reported from beside the student's code, which could forge it).
        weight: share of the exercise's points.
        reason: why it can only be observed; empty for the other kinds.
    """

    kinds: tuple[str, ...]
    weight: int
    reason: str


def evidence(*kinds: str, weight: int = 1, reason: str = "") -> Callable[[_Test], _Test]:
    """Declare what a property's judgement rests on; every property does.

    Raises:
        ValueError: an unknown kind, or an observed property without its reason.
    """
    if not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"evidence() takes one or two of {', '.join(KINDS)}; got {kinds!r}")
    if "observed" in kinds and not reason:
        raise ValueError("an observed property needs its reason: evidence('observed', reason='…')")

    def declare(test: _Test) -> _Test:
        test.evidence = Evidence(kinds, weight, reason)  # type: ignore[attr-defined]
        return test

    return declare


@dataclass(frozen=True)
class Seen:
    """What was observed when a property failed: all that a misconception may be recognised by.

    Attributes:
        property: its id, such as ``P1``.
        status: how it failed.
        method: the start method, None where the exercise starts no processes.
        inputs: what hypothesis drew.
        came: the value that came back; `MISSING` if there is none.
        expected: the right value; `MISSING` if there is none.
        facts: what the judgement passed on by keyword.
    """

    property: str
    status: Status
    method: str | None
    inputs: dict[str, Any]
    came: Any
    expected: Any
    facts: dict[str, Any]

    @classmethod
    def of(cls, failed: Failed, property_id: str, method: str | None) -> Seen:
        """The observations of a failure."""
        return cls(
            property_id,
            failed.status,
            method,
            failed.inputs,
            failed.came,
            failed.expected,
            failed.facts,
        )

    def fact(self, name: str) -> Any:
        """A fact, None where the judgement passed none of that name."""
        return self.facts.get(name)

    def error_type(self) -> str:
        """The name of the type of what the submission raised; empty where it raised nothing."""
        return str(getattr(self.facts.get("error"), "type_name", ""))


@dataclass(frozen=True)
class Misconception:
    """A mistake that people make, and how to tell it from what was seen.

    Attributes:
        name: that of the wrong solution in ``solutions/misconceptions/``.
        says: the misconception put right, in one sentence.
        cell: tag of the lesson cell that shows it.
        wrong: a few lines of code as people write them.
        right: the same lines as they should be.
        shows: whether what was seen fits it; never looks at the source text.
    """

    name: str
    says: str
    cell: str
    wrong: str
    right: str
    shows: Callable[[Seen], bool]
