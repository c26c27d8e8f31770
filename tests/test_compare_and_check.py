"""Values are compared by exact type, and a judgement fails with words for the student."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wire import VALUES

from grader import check, compare
from grader.failure import MISSING, Failed, Status
from grader.inside.kit.wire import Opaque, Raised

DIFFERENT = [
    (1, True),
    (1, 1.0),
    (0.0, -0.0),
    (1 + 0j, 1.0),
    (complex(0.0, 0.0), complex(0.0, -0.0)),
    ([1], (1,)),
    ({1}, frozenset({1})),
    ({1}, {True}),
    ({1: 0}, {True: 0}),
    ({1: 0}, {1: False}),
    ({"a": 1}, {"b": 1}),
    ({1}, {1, 2}),
    ([1, 2], [1]),
    ("a", b"a"),
    (b"a", bytearray(b"a")),
    (range(3), [0, 1, 2]),
    (None, False),
    (Raised("E", (1,)), Raised("E", (1.0,))),
    (Raised("E", ()), Raised("F", ())),
    (Opaque("int"), Opaque("int")),
    (Opaque("int"), 3),
    ([Opaque("int")], [3]),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=repr)
def test_values_that_python_may_call_equal_are_not_the_same(left, right):
    assert not compare.same(left, right)
    assert not compare.same(right, left)


@given(VALUES)
def test_every_plain_value_is_the_same_as_itself(value):
    assert compare.same(value, value)


@given(VALUES, VALUES)
def test_sameness_has_no_direction_and_needs_equal_representations(left, right):
    assert compare.same(left, right) == compare.same(right, left)
    if compare.same(left, right):
        assert type(left) is type(right)


def test_what_has_no_order_is_compared_without_one():
    assert compare.same({1: "a", 2: "b"}, {2: "b", 1: "a"})
    assert compare.same({"x", "y", "z"}, {"z", "y", "x"})
    assert compare.same(float("nan"), float("nan"))


def test_a_long_value_is_cut_in_the_middle_with_a_mark():
    text = compare.short("a" * 5000, 100)
    assert text.startswith("'aaa")
    assert text.endswith("aaa'")
    assert "4902 characters cut" in text
    assert compare.short([1, 2]) == "[1, 2]"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (3, int),
        (None, None),
        (None, int | None),
        (3, int | None),
        ([], list[int]),
        ([1, 2], list[int]),
        ((1, "a"), tuple[int, str]),
        ((1, 2, 3), tuple[int, ...]),
        ({"a": [1.0]}, dict[str, list[float]]),
        ({1}, set[int]),
        ("asked", Literal["asked", "killed"]),
    ],
)
def test_a_value_of_the_type_passes(value, kind):
    check.is_a(value, kind)


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (True, int, "True, of type bool; expected int"),
        (None, list, "It returned None; expected list"),
        (3.0, int | None, "3.0, of type float; expected int | None"),
        ([1, "a"], list[int], "a list of int and str; expected list[int]"),
        ((1,), list[int], "a tuple of int"),
        ((1, 2), tuple[int, str], "a tuple of int"),
        ({"a": 1}, dict[str, str], "expected dict[str, str]"),
        (Opaque("LyingInt"), int, "an object of type LyingInt; expected int"),
        ([Opaque("LyingInt")], list[int], "a list of LyingInt"),
        (1, Literal[True], "expected"),
        ("", list, "of type str"),
    ],
)
def test_a_value_of_another_type_fails_and_says_what_it_is(value, kind, words):
    with pytest.raises(Failed) as caught:
        check.is_a(value, kind)
    assert words in caught.value.says
    assert caught.value.status is Status.WRONG


def test_equal_fails_with_both_values_and_the_facts():
    check.equal([1], [1])
    with pytest.raises(Failed) as caught:
        check.equal([True], [1], "Not so.", seen=3)
    failed = caught.value
    assert (failed.says, failed.came, failed.expected) == ("Not so.", [True], [1])
    assert failed.facts == {"seen": 3}


def test_that_fails_with_its_words_and_no_values():
    check.that(True, "never said")
    with pytest.raises(Failed) as caught:
        check.that(False, "Too late.", lateness=2)
    assert caught.value.says == "Too late."
    assert caught.value.came is MISSING
    assert caught.value.expected is MISSING
    assert caught.value.facts == {"lateness": 2}


@given(st.text())
def test_words_of_a_failure_are_its_text(text):
    assert str(Failed(Status.WRONG, text)) == text
