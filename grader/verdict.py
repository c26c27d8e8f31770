"""The record: what was found, as typed and versioned data. Everything people see is made from it.

Nothing here knows how a submission was run; nothing that renders changes a verdict. The fields are
documented here and nowhere else; ``python -m grader schema`` prints them as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec

from grader.failure import Status

FORMAT = "processes-grade"
VERSION = 1

_FATAL_FOR_POINTS = (Status.LEFT_BEHIND, Status.GRADER_FAULT)

# Which status stands for a whole: the first of these that any part has.
_GRAVEST = (
    Status.GRADER_FAULT,
    Status.TOO_MANY,
    Status.TIMED_OUT,
    Status.CRASHED,
    Status.LEFT_BEHIND,
    Status.RAISED,
    Status.WRONG,
    Status.NOT_RUN,
    Status.NOT_ATTEMPTED,
)


# Every part of a record is frozen: it is never changed after it was made.


class Likely(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A misconception that fits what was seen."""

    name: str
    """Its file in ``solutions/misconceptions/``, without ending."""
    says: str
    """The misconception put right, in one sentence."""
    cell: str
    """Tag of the lesson cell that shows it."""
    where: str
    """That cell as ``lessons/file.py:line``; empty where it cannot be found."""
    wrong: str
    """A few lines as people write them."""
    right: str
    """The same lines as they should be."""


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one property failed under one start method."""

    says: str
    """What happened, in one sentence."""
    call: str
    """The call that failed, as one could write it."""
    inputs: dict[str, str]
    """The smallest input that shows it: name to representation."""
    came: str | None
    """What came back, as its representation; null where there is nothing."""
    expected: str | None
    """What would have been right; null where there is no one answer."""
    likely: tuple[Likely, ...]
    """At most three misconceptions, the likeliest first."""
    stacks: tuple[str, ...]
    """For a hang: where every process stood."""
    printed: str
    """What the submission printed, cut in the middle when long."""
    depends_on_history: bool
    """The same call in a fresh process was right."""
    replay: Any
    """The input in the format of `kit.wire`, for ``python -m grader repro``."""


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One property under one start method."""

    method: str | None
    """fork, spawn or forkserver; null where the exercise starts no processes."""
    status: Status
    seconds: float
    """Wall time."""
    finding: Finding | None
    """Null when it passed."""


class PropertyResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One property."""

    id: str
    """P1, P2, …"""
    words: str
    """What it asks, for the student."""
    evidence: tuple[str, ...]
    """value, attested, observed: see `grader.authoring.Evidence`."""
    weight: int
    """Its share of the exercise's points."""
    status: Status
    runs: tuple[Run, ...]


class ExerciseResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One exercise of one submission."""

    id: str
    title: str
    file: str
    """Name of the submitted file."""
    status: Status
    reason: str
    """Why there are no properties; empty where there are some."""
    points: float
    max_points: int
    properties: tuple[PropertyResult, ...]
    remarks: tuple[str, ...]
    """Things that cost nothing but are worth saying."""
    seconds: float
    """Wall time."""


class Cost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the grading took, in seconds of CPU."""

    imports: float
    """Before the first submission was looked at: Python, pytest, hypothesis, the properties."""
    judging: float
    """The trusted side after that."""
    submissions: float
    """The submissions' processes, with their supervisors."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run of the grader over one person's files."""

    format: str
    """Always ``processes-grade``."""
    version: int
    """Of this format; it grows when a field changes its meaning or goes away."""
    course: str
    """Title of the course."""
    level: str
    """student or instructor: how well the submission was locked in."""
    portable: bool
    """Whether callers were believed instead of attested by the kernel."""
    seed: int | None
    """What the inputs were drawn from; null for the inputs that everyone gets at home."""
    python: str
    """Version of the Python that ran the submission."""
    system: str
    """Operating system, as `sys.platform` names it."""
    methods: tuple[str, ...]
    """Start methods asked for."""
    exercises: tuple[ExerciseResult, ...]
    points: float
    max_points: int
    cost: Cost


def overall(statuses: Iterable[Status]) -> Status:
    """The status of a whole: the gravest of its parts; not checked if nothing else is known."""
    present = set(statuses)
    for status in _GRAVEST:
        if status in present:
            return status
    return Status.PASSED if Status.PASSED in present else Status.NOT_CHECKED


def points(max_points: int, properties: Iterable[PropertyResult]) -> float:
    """The points of one exercise.

    They are shared among the properties by weight. A property counts when it passed under every
    start method asked for that this system could check. None count while the first property has not
    passed, while anything was left behind, or after a fault of the grader.

    Returns:
        Points, rounded half up to hundredths once, at the end.
    """
    results = list(properties)
    runs = [run.status for result in results for run in result.runs]
    if not results or results[0].status is not Status.PASSED:
        return 0.0
    if any(status in _FATAL_FOR_POINTS for status in runs):
        return 0.0
    earned = sum(result.weight for result in results if result.status is Status.PASSED)
    share = Fraction(max_points * earned, sum(result.weight for result in results))
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def to_json(record: Record) -> bytes:
    """The record as indented JSON, UTF-8, with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def from_json(data: bytes) -> Record:
    """Read a record.

    Raises:
        ValueError: not a record, or one of another version.
    """
    record = msgspec.json.decode(data, type=Record)
    if (record.format, record.version) != (FORMAT, VERSION):
        raise ValueError(f"a record of {record.format} {record.version}, not {FORMAT} {VERSION}")
    return record


def schema() -> dict[str, Any]:
    """The format as JSON Schema."""
    return msgspec.json.schema(Record)
