"""The data format: exact types arrive, everything else is told apart, and limits hold."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import compare
from grader.inside.kit import wire

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.builds(bytearray, st.binary(max_size=5)),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.sampled_from([-2, 1, 3])),
)
HASHABLE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.binary(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.frozensets(inner, max_size=3)
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(HASHABLE, inner, max_size=4),
        st.sets(HASHABLE, max_size=4),
        st.frozensets(HASHABLE, max_size=4),
    ),
    max_leaves=12,
)
TAGS = st.sampled_from([*"ifbBtdszcroexgw", "", "q", "xg"])
FORGED = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text("0x=A\ud800", max_size=4)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(TAGS, inner, max_size=1),
        st.dictionaries(TAGS, inner, max_size=3),
    ),
    max_leaves=12,
)


def through(value: object) -> Any:
    """A value after its journey, as bytes, to the other side."""
    return wire.decode(wire.FrameReader().feed(wire.frame(wire.encode(value)))[0])


@given(VALUES)
def test_plain_values_arrive_with_their_exact_types(value):
    assert compare.same(through(value), value)


@pytest.mark.parametrize(
    "value",
    [
        2**53 - 1,
        2**53,
        -(2**53),
        10**400,
        -0.0,
        float("nan"),
        float("-inf"),
        "\ud800",
        "\0",
        b"\xff",
    ],
    ids=repr,
)
def test_values_that_json_has_no_word_for_arrive(value):
    assert compare.same(through(value), value)


class LyingInt(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class LyingClass:
    __class__ = int  # type: ignore[assignment]

    def __eq__(self, other):
        return True

    __hash__ = None  # type: ignore[assignment]


class LyingList(list):
    def __iter__(self):
        return iter([1, 2, 3])


@pytest.mark.parametrize(
    "value",
    [LyingInt(3), LyingClass(), LyingList(), object(), print, open, type("Text", (str,), {})("a")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_of_no_plain_type_is_equal_to_nothing(value):
    came = through([value])
    assert type(came[0]) is wire.Opaque
    assert not compare.same(came, came)
    assert not compare.same(came[0], value)


def test_an_exception_is_a_value_of_its_type_and_arguments():
    came = through(UnicodeError("text", 3))
    assert (came.type_name, came.args) == ("UnicodeError", ("text", 3))
    assert repr(came) == "UnicodeError('text', 3)"


def test_an_integer_that_python_would_not_write_in_decimal_is_refused_on_both_sides():
    largest = 2**wire.MAX_BITS - 1
    assert compare.short(through([largest, -largest]))
    with pytest.raises(wire.WireError, match="bits"):
        wire.encode(largest + 1)
    with pytest.raises(wire.WireError, match="bits"):
        wire.decode({"i": hex(largest + 1)})


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_depth_is_limited_on_both_sides():
    assert through(nested(wire.MAX_DEPTH - 1)) == nested(wire.MAX_DEPTH - 1)
    with pytest.raises(wire.WireError, match="deep"):
        wire.encode(nested(wire.MAX_DEPTH + 1))
    with pytest.raises(wire.WireError, match="deep"):
        wire.decode(nested(wire.MAX_DEPTH + 1))


def test_a_value_that_holds_itself_is_refused():
    value: list[Any] = []
    value.append(value)
    with pytest.raises(wire.WireError):
        wire.encode(value)


def test_parts_are_limited_on_both_sides():
    many = [0] * wire.MAX_PARTS
    with pytest.raises(wire.WireError, match="parts"):
        wire.encode(many)
    with pytest.raises(wire.WireError, match="parts"):
        wire.decode(many)
    assert len(wire.decode(many[1:])) == wire.MAX_PARTS - 1


@pytest.mark.parametrize("tag", ["s", "z"])
def test_entries_of_a_set_are_limited(tag):
    # Numbers a multiple of 2**61 - 1 apart have the same hash: a set of them costs quadratic time.
    content = [{"i": hex(number * (2**61 - 1))} for number in range(1, wire.MAX_ENTRIES + 2)]
    with pytest.raises(wire.WireError, match="at most"):
        wire.decode({tag: content})


def test_entries_of_a_dict_are_limited():
    with pytest.raises(wire.WireError, match="at most"):
        wire.decode({"d": [[number, 0] for number in range(wire.MAX_ENTRIES + 1)]})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"t": [], "s": []},
        {"q": 1},
        {"x": "spawn"},
        {"g": "name"},
        {"w": [1, "name", []]},
        {"": 1},
        {"i": 5},
        {"i": "zz"},
        {"f": "one"},
        {"b": "*"},
        {"b": 3},
        {"B": "A"},
        {"t": 1},
        {"t": {"t": []}},
        {"s": [[1]]},
        {"d": [[1]]},
        {"d": [[[1], 2]]},
        {"d": {"a": 1}},
        {"c": [1.0]},
        {"c": [1, 2]},
        {"r": [0, 1, 0]},
        {"r": [True, 1, 1]},
        {"o": 3},
        {"e": ["Error"]},
        {"e": [3, []]},
        {"e": 3},
        [{"t": [{"q": 0}]}],
    ],
    ids=json.dumps,
)
def test_what_encode_would_not_have_made_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.decode(data)


@settings(max_examples=300)
@given(FORGED)
def test_forged_data_is_a_value_or_refused_and_nothing_else(data):
    try:
        value = wire.decode(data)
    except wire.WireError:
        return
    # Whatever was taken can be compared and shown.
    compare.same(value, value)
    compare.short(value)


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=8), max_size=4))
def test_forged_bytes_are_frames_or_refused_and_nothing_else(chunks):
    reader = wire.FrameReader()
    try:
        for chunk in chunks:
            reader.feed(chunk)
    except wire.WireError:
        return


@given(st.lists(VALUES, max_size=3), st.data())
def test_frames_arrive_however_the_stream_is_cut(values, data):
    stream = b"".join(wire.frame(wire.encode(value)) for value in values)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    reader, came = wire.FrameReader(), []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        came += reader.feed(stream[start:stop])
    assert compare.same([wire.decode(each) for each in came], values)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"NaN",
        b"-Infinity",
        b"1" * (wire.MAX_DIGITS + 1),
        b"\xff\xff",
        b"[1] [2]",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_json_of_ours_is_refused(body):
    with pytest.raises(wire.WireError):
        wire.FrameReader().feed(struct.pack(">I", len(body)) + body)


def test_a_frame_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(wire.WireError, match="at most"):
        wire.FrameReader().feed(struct.pack(">I", wire.MAX_FRAME + 1))
    with pytest.raises(wire.WireError, match="at most"):
        wire.frame("a" * wire.MAX_FRAME)


def receive_from(stream: bytes):
    """A ``receive(n)`` that gives one byte at a time, then the end."""
    rest = bytearray(stream)

    def receive(size: int) -> bytes:
        assert size > 0
        taken = bytes(rest[:1])
        del rest[:1]
        return taken

    return receive


def test_a_blocking_reader_tells_the_end_from_a_broken_frame():
    stream = wire.frame([1, 2])
    receive = receive_from(stream)
    assert wire.read_frame(receive) == [1, 2]
    assert wire.read_frame(receive) is None
    for cut in range(1, len(stream)):
        with pytest.raises(EOFError):
            wire.read_frame(receive_from(stream[:cut]))
    with pytest.raises(wire.WireError):
        wire.read_frame(receive_from(b"\xff\xff\xff\xff"))
