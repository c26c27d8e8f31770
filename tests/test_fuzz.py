"""The border under random and mutated frames: no crash, no wrong value accepted, bounded.

A short run is part of `make test`; `make fuzz` has 100,000 cases and other ones each time
(FUZZ_CASES=… for more). Those that need real processes have fewer.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support import sessions
from support.leaks import LINUX
from test_wire import FORGED, VALUES

from grader import arguments, channel, claims, compare
from grader.failure import Failed, Status
from grader.inside.kit import wire
from grader.reactor import Reactor

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
"""Cases of all tests of this module together; each has its share."""
SHARE = CASES // 5
LONG = CASES > 10_000
SECONDS = 2.0
"""For one frame, however it was made; a machine that is busy needs some of them."""
MEMORY = 200 * 1024 * 1024

# With a seed of the clock in a long run: it looks where nobody has looked before.
fuzzed = settings(
    max_examples=SHARE,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
BYTES = st.binary(max_size=200)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*"ifbBtdszcroexgw", "ok", "raised", "q"]), inner)
    ),
    max_leaves=20,
)


def framed(data: Any) -> bytes:
    """Any JSON data as a frame, with what our own writer would refuse."""
    body = json.dumps(data).encode()
    return struct.pack(">I", len(body)) + body


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Any, bytes]:
    """A value, and its frame with some bytes changed, cut out or put in."""
    value = draw(VALUES)
    frame = bytearray(wire.frame(wire.encode(value)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(frame) - 1, 0)))
        match draw(st.integers(0, 3)):
            case 0 if frame:
                frame[at] = draw(st.integers(0, 255))
            case 1:
                del frame[at : at + draw(st.integers(1, 8))]
            case 2:
                frame[at:at] = draw(st.binary(max_size=8))
            case _:
                frame[at:at] = frame[at : at + draw(st.integers(1, 30))]
    return value, bytes(frame)


def decoded(data: bytes) -> list[Any]:
    """The values of all whole frames in some bytes; `WireError` and nothing else is refused."""
    return [wire.decode(each) for each in wire.FrameReader().feed(data)]


def is_sound(value: Any) -> bool:
    """Whether a value is of exact plain types all the way down, and survives a second journey."""
    again = decoded(wire.frame(wire.encode(value)))[0]
    opaque = "object>" in repr(value)
    return opaque or compare.same(again, value)


# -- values and frames --------------------------------------------------------------------------------


@fuzzed
@given(BYTES)
def test_random_bytes(data):
    try:
        values = decoded(data)
    except wire.WireError:
        return
    assert all(map(is_sound, values))


@fuzzed
@given(mutated())
def test_mutated_frames(case):
    """What a changed frame says is refused, or is a value: never a crash, never another type."""
    _, data = case
    started = time.process_time()
    try:
        values = decoded(data)
    except wire.WireError:
        values = []
    assert time.process_time() - started < SECONDS
    assert all(map(is_sound, values))


@fuzzed
@given(JSON | FORGED)
def test_forged_json(data):
    try:
        (value,) = decoded(framed(data))
    except wire.WireError:
        return
    assert is_sound(value)


@fuzzed
@given(VALUES, JSON | FORGED)
def test_no_wrong_value_is_accepted(right, data):
    """A forged value is the same as the right one only if its own journey makes it that one."""
    try:
        (came,) = decoded(framed(data))
    except wire.WireError:
        return
    if compare.same(came, right):
        assert type(came) is type(right)
        assert repr(came) == repr(right) or isinstance(right, (set, frozenset, dict, range))


@fuzzed
@given(VALUES, st.data())
def test_a_frame_arrives_in_any_pieces(value, data):
    whole = wire.frame(wire.encode(value)) * 2
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    reader, came = wire.FrameReader(), []
    for first, last in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        came += reader.feed(whole[first:last])
    assert len(came) == 2
    assert all(compare.same(wire.decode(each), value) for each in came)


ANSWERS = st.dictionaries(
    st.sampled_from(
        [*("ok", "raised", "after", "threads", "helpers", "method", "signature", "unsendable")]
    ),
    JSON | FORGED,
    max_size=5,
)
ERRORS = st.dictionaries(
    st.sampled_from(["type", "text", "args", "frames", "at"]), JSON | FORGED, max_size=5
)


@fuzzed
@given(ANSWERS, ERRORS, st.lists(VALUES, max_size=3))
def test_forged_answers(answer, error, args):
    """Whatever an answer claims, it is refused or taken apart; nothing else is raised."""
    answer = json.loads(json.dumps(answer))
    try:
        claims.check_shape(answer)
        line = claims.Described(json.loads(json.dumps(error)), "ex_01.py").line()
        assert len(line) < 10_000
        after = answer.get("after")
        if isinstance(after, list) and not arguments.unchanged(tuple(args), after):
            assert arguments.changes(tuple(args), after)
    except wire.WireError:
        pass


# -- time and memory ----------------------------------------------------------------------------------

P = 2**61 - 1
SHAPES = {
    "equal hashes": {"s": [{"i": hex(n * P)} for n in range(9000)]},
    "equal hashes in a dict": {"d": [[{"i": hex(n * P)}, 0] for n in range(9000)]},
    "equal hashes of tuples": {"s": [{"t": [{"i": hex(n * P)}]} for n in range(9000)]},
    "many sets": [{"s": [{"i": hex(n * P)} for n in range(k, k + 90)]} for k in range(500)],
    "many parts": [[]] * 199_000,
    "long text": "x" * 4_000_000,
    "long number": {"i": "0x" + "f" * 3_000_000},
    "long float": {"f": "1" * 3_000_000},
    "long bytes": {"b": "A" * 4_000_000},
    "wide pairs": {"d": [[n, n] for n in range(10_001)]},
    "range": {"r": [0, 10**18, 1]},
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_worst_frames_cost_little(name):
    body = json.dumps(SHAPES[name]).encode()
    assert len(body) <= wire.MAX_FRAME

    def judge() -> None:
        try:
            values = decoded(struct.pack(">I", len(body)) + body)
            assert all(compare.same(each, each) for each in values)
        except wire.WireError:
            pass

    started = time.process_time()
    judge()
    assert time.process_time() - started < SECONDS
    tracemalloc.start()  # not while the time is taken: it alone takes as much again
    judge()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY


@pytest.mark.parametrize("depth", [64, 65, 900, 5000, 1_000_000])
@pytest.mark.parametrize("brackets", ["[]", '{"t":[]}', '{"ok":[]}'])
def test_depth(depth, brackets):
    opening, closing = brackets.split("[]")
    body = ((opening + "[") * depth + ("]" + closing) * depth).encode()[: wire.MAX_FRAME]
    try:
        decoded(struct.pack(">I", len(body)) + body)
        assert depth <= wire.MAX_DEPTH + 1
    except wire.WireError:
        assert depth >= wire.MAX_DEPTH // 2


# -- a stream, step by step ------------------------------------------------------------------------------


class Stream(RuleBasedStateMachine):
    """The trusted end of a channel while the other end sends what it likes."""

    @initialize()
    def connect(self) -> None:
        self.reactor = Reactor()
        ours, self.theirs = socket.socketpair()
        self.theirs.setblocking(False)
        self.came: list[Any] = []
        self.ends: list[str] = []
        self.due: list[Any] = []
        self.clean = True
        self.frames = channel.Frames(
            self.reactor, ours, self.came.append, self.ends.append, 64 * 1024
        )

    def _send(self, data: bytes) -> None:
        try:
            self.theirs.sendall(data)
        except OSError:
            self.clean = False
        self.reactor.poll()

    @precondition(lambda self: self.clean)
    @rule(value=VALUES)
    def whole_frame(self, value: Any) -> None:
        self.due.append(wire.encode(value))
        self._send(framed(self.due[-1]))

    @rule(data=st.binary(min_size=1, max_size=50))
    def rubbish(self, data: bytes) -> None:
        self.clean = False
        self._send(data)

    @rule(length=st.integers(64 * 1024 + 1, 2**32 - 1))
    def too_long(self, length: int) -> None:
        was_clean, self.clean = self.clean, False
        self._send(struct.pack(">I", length))
        assert self.ends or not was_clean

    @rule()
    def end(self) -> None:
        self.clean = False
        self.theirs.close()
        self.reactor.poll()
        assert len(self.ends) == 1

    @invariant()
    def nothing_is_lost_and_it_ends_once(self) -> None:
        assert len(self.ends) <= 1
        if self.clean:
            assert self.came == self.due
        assert self.came[: len(self.due)] == self.due[: len(self.came)]

    def teardown(self) -> None:
        if hasattr(self, "frames"):
            self.frames.close()
            self.theirs.close()
            self.reactor.close()


def test_a_stream_step_by_step():
    steps = 20
    run_state_machine_as_test(
        Stream,
        settings=settings(fuzzed, max_examples=max(SHARE // steps, 30), stateful_step_count=steps),
    )


# -- a session with a worker whose every answer is forged -------------------------------------------------

FORGER = """
import json, sys
wire = sys.modules["kit.wire"]
real, said = wire.frame, []

def frame(data):
    return said.pop() if said else real(data)

wire.frame = frame

def tell(numbers, say):
    kind, text = say(0)
    if kind == "ask":
        for body in text:
            knock(bytes(body))
        return 7
    said.append(bytes(text))

def knock(body):
    import os, socket
    kind, _, path = os.environ["GRADER_WITNESS"].partition(":")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        connection.sendall(body)
        connection.settimeout(5)
        try:
            connection.recv(100)
        except OSError:
            pass
"""


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """What a worker might say instead of its answer."""
    data = draw(ANSWERS)
    if draw(st.booleans()):
        data["raised"] = draw(ERRORS)
    frame = bytearray(framed(data))
    for _ in range(draw(st.integers(0, 2))):
        frame[draw(st.integers(0, len(frame) - 1))] = draw(st.integers(0, 255))
    return bytes(frame)


QUESTIONS = st.dictionaries(
    st.sampled_from(["to", "do", "args", "process", "pid", "token", "method"]),
    JSON | FORGED | st.integers(-2, 9) | st.sampled_from(["__call__", "wait", "visited"]),
    max_size=7,
).map(framed)


def one_case(session: Any, kind: str, said: Any) -> None:
    """One call whose worker says what was drawn; a `Failed`, a value, and nothing else."""
    session.begin()
    if session.dead:
        session.renew()
        session.dead = None
    started = time.monotonic()
    failed = None
    try:
        placed = session.place(lambda number: (kind, said), "say")
        session.call("tell", [1], placed)
    except Failed as error:
        failed = error
    if failed is not None:
        assert failed.status is not Status.GRADER_FAULT
        assert len(failed.says) < 20_000
    assert time.monotonic() - started < 15


@pytest.mark.skipif(not LINUX, reason="the strong form needs Linux")
@pytest.mark.parametrize("kind", ["say", "ask"])
def test_a_session(kind):
    """Real processes: so there are fewer cases than of frames alone."""
    count = max(SHARE // 50, 10)
    strategy = answers().map(list) if kind == "say" else st.lists(QUESTIONS.map(list), max_size=4)

    with sessions.opened(FORGER, limit=5.0) as session:

        @settings(fuzzed, max_examples=count)
        @given(strategy)
        def run(said: Any) -> None:
            session._spent = 0.0
            session._submission.broken = None
            one_case(session, kind, said)

        run()
