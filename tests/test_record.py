"""The record: it comes back as it was written, keeps its format, and counts points by one rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import verdict
from grader.failure import Status

TEXT = st.text(max_size=8)
STATUS = st.sampled_from(Status)
REPLAY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
TUPLE = st.lists(TEXT, max_size=2).map(tuple)
LIKELY = st.builds(
    verdict.Likely, name=TEXT, says=TEXT, cell=TEXT, where=TEXT, wrong=TEXT, right=TEXT
)
FINDING = st.builds(
    verdict.Finding,
    says=TEXT,
    call=TEXT,
    inputs=st.dictionaries(TEXT, TEXT, max_size=2),
    came=st.none() | TEXT,
    expected=st.none() | TEXT,
    likely=st.lists(LIKELY, max_size=2).map(tuple),
    stacks=TUPLE,
    printed=TEXT,
    depends_on_history=st.booleans(),
    replay=REPLAY,
)
SECONDS = st.floats(0, 100).map(lambda number: round(number, 3))
RUN = st.builds(
    verdict.Run,
    method=st.sampled_from([None, "fork", "spawn", "forkserver"]),
    status=STATUS,
    seconds=SECONDS,
    finding=st.none() | FINDING,
)
PROPERTY = st.builds(
    verdict.PropertyResult,
    id=TEXT,
    words=TEXT,
    evidence=TUPLE,
    weight=st.integers(1, 9),
    status=STATUS,
    runs=st.lists(RUN, max_size=2).map(tuple),
)
EXERCISE = st.builds(
    verdict.ExerciseResult,
    id=TEXT,
    title=TEXT,
    file=TEXT,
    status=STATUS,
    reason=TEXT,
    points=SECONDS,
    max_points=st.integers(0, 9),
    properties=st.lists(PROPERTY, max_size=2).map(tuple),
    remarks=TUPLE,
    seconds=SECONDS,
)
RECORD = st.builds(
    verdict.Record,
    format=st.just(verdict.FORMAT),
    version=st.just(verdict.VERSION),
    course=TEXT,
    level=st.sampled_from(["student", "instructor"]),
    portable=st.booleans(),
    seed=st.none() | st.integers(0, 2**53),
    python=TEXT,
    system=TEXT,
    methods=TUPLE,
    exercises=st.lists(EXERCISE, max_size=2).map(tuple),
    points=SECONDS,
    max_points=st.integers(0, 99),
    cost=st.builds(verdict.Cost, imports=SECONDS, judging=SECONDS, submissions=SECONDS),
)


@given(RECORD)
def test_a_record_comes_back_as_it_was(record):
    data = verdict.to_json(record)
    assert verdict.from_json(data) == record
    assert data.endswith(b"}\n")
    assert json.loads(data)["format"] == "processes-grade"


def a_record(**more: Any) -> dict[str, Any]:
    empty = verdict.Record(
        format=verdict.FORMAT, version=verdict.VERSION, course="", level="student", portable=False,
        seed=None, python="", system="", methods=(), exercises=(), points=0, max_points=0,
        cost=verdict.Cost(imports=0, judging=0, submissions=0),
    )  # fmt: skip
    return {**json.loads(verdict.to_json(empty)), **more}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        json.dumps(a_record(version=verdict.VERSION + 1)).encode(),
        json.dumps(a_record(format="other")).encode(),
        json.dumps(a_record(unheard=1)).encode(),
        json.dumps(a_record(points="many")).encode(),
        json.dumps(a_record(cost={})).encode(),
        json.dumps({k: v for k, v in a_record().items() if k != "seed"}).encode(),
    ],
    ids=lambda data: repr(data[-24:]),
)
def test_what_is_no_record_of_this_version_is_refused(data):
    assert verdict.from_json(json.dumps(a_record()).encode()).course == ""
    with pytest.raises(ValueError):
        verdict.from_json(data)


def test_the_schema_names_every_field_and_status():
    text = json.dumps(verdict.schema())
    kinds = (verdict.Record, verdict.ExerciseResult, verdict.PropertyResult, verdict.Run,
             verdict.Finding, verdict.Likely, verdict.Cost)  # fmt: skip
    for kind in kinds:
        for field in kind.__struct_fields__:
            assert f'"{field}"' in text
    for status in Status:
        assert json.dumps(str(status)) in text


def test_a_record_cannot_be_changed():
    record = verdict.from_json(json.dumps(a_record()).encode())
    with pytest.raises(AttributeError):
        record.points = 100


# -- one status for a whole -----------------------------------------------------------------------

ORDER = [
    Status.GRADER_FAULT,
    Status.TOO_MANY,
    Status.TIMED_OUT,
    Status.CRASHED,
    Status.LEFT_BEHIND,
    Status.RAISED,
    Status.WRONG,
    Status.NOT_RUN,
    Status.NOT_ATTEMPTED,
    Status.PASSED,
    Status.NOT_CHECKED,
]


def test_the_gravest_status_stands_for_the_whole():
    assert set(ORDER) == set(Status)
    for index, gravest in enumerate(ORDER):
        for other in ORDER[index:]:
            assert verdict.overall([other, gravest]) is gravest
    assert verdict.overall([]) is Status.NOT_CHECKED


@given(st.lists(STATUS, min_size=1))
def test_a_whole_has_passed_only_if_nothing_in_it_failed(statuses):
    passed = verdict.overall(statuses) is Status.PASSED
    assert passed == (
        Status.PASSED in statuses and set(statuses) <= {Status.PASSED, Status.NOT_CHECKED}
    )


# -- points ---------------------------------------------------------------------------------------


def results(*parts: tuple[int, list[Status]]) -> list[verdict.PropertyResult]:
    """Properties by weight and the statuses of their runs."""
    return [
        verdict.PropertyResult(
            id=f"P{number}",
            words="",
            evidence=("value",),
            weight=weight,
            status=verdict.overall(statuses),
            runs=tuple(
                verdict.Run(method=None, status=status, seconds=0, finding=None)
                for status in statuses
            ),
        )
        for number, (weight, statuses) in enumerate(parts, 1)
    ]


P, W, N = Status.PASSED, Status.WRONG, Status.NOT_CHECKED


@pytest.mark.parametrize(
    ("most", "parts", "points"),
    [
        (4, [(1, [P]), (1, [P])], 4),
        (4, [(1, [P]), (1, [W])], 2),
        (4, [(1, [W]), (1, [P])], 0),
        (3, [(1, [P]), (2, [W])], 1),
        (3, [(2, [P]), (1, [W])], 2),
        (4, [(1, [P]), (1, [P]), (1, [W])], 2.67),
        (4, [(1, [P]), (1, [W]), (1, [W])], 1.33),
        (1, [(1, [P]), *[(1, [W])] * 7], 0.13),  # 0.125, rounded half up
        (5, [(1, [P, P, P]), (1, [P, W, P])], 2.5),
        (5, [(1, [P, N]), (1, [N, P])], 5),
        (5, [(1, [N, N]), (1, [P, P])], 0),
        (5, [(1, [P]), (1, [N])], 2.5),
        (5, [], 0),
        (0, [(1, [P])], 0),
    ],
)
def test_points_are_shared_by_weight_and_rounded_half_up_once(most, parts, points):
    assert verdict.points(most, results(*parts)) == points


@pytest.mark.parametrize("status", [Status.LEFT_BEHIND, Status.GRADER_FAULT])
def test_nothing_counts_while_something_is_left_or_the_grader_has_failed(status):
    assert verdict.points(4, results((3, [P]), (1, [P, status]))) == 0


@given(
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(1, 5), st.lists(STATUS, min_size=1, max_size=3)), max_size=5),
)
def test_points_stay_between_nothing_and_all_and_all_means_passed(most, parts):
    properties = results(*parts)
    points = verdict.points(most, properties)
    assert 0 <= points <= most
    if most and points == most:
        assert {each.status for each in properties} == {Status.PASSED}
    if points == 0 and most and properties:
        statuses = {run.status for each in properties for run in each.runs}
        assert properties[0].status is not Status.PASSED or statuses & {
            Status.LEFT_BEHIND,
            Status.GRADER_FAULT,
        }
