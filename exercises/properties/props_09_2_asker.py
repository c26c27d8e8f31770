"""What `Asker` must fulfil: its peer is played from here, and decides request by request.

Nothing is late by the clock. A late answer is one that goes out with the answer to a later request,
so what comes when is the same in every run.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check, compare
from grader.authoring import Misconception, evidence
from grader.failure import Failed, Status

LONG = 60.0
"""A limit for questions that are answered: no call uses it up."""
LIMITS = {
    # The peer answers at once, once or twice, and may go away then.
    **dict.fromkeys(["now", "twice", "last"], LONG),
    # It goes away without an answer.
    "closes": LONG,
    # Its answer goes out with the next request, before or after the answer to that one; or never.
    **dict.fromkeys(["late", "later", "never"], 0.05),
    "zero": 0,  # never, too: a limit may be 0
    # It keeps sending something old, and only at the end the answer.
    "chatter": 0.2,
}
ANSWERED = ("now", "twice", "last")
CLOSED = ("last", "closes")
PAUSE = 0.05
"""Seconds between two messages of a chatter."""
CHATTER = 40
"""Messages of a chatter: together they take many times its limit, and seconds more."""
REQUESTS = st.sampled_from(["size?", "name?", "", None, 0, ("get", 7)])
ANSWERS = st.sampled_from([None, 0, "", False, [], "管道", 1.5, (1, "size?"), {"a": [1]}])


def questions(kinds):
    """What one question is: request, what the peer does, its answer."""
    return st.tuples(REQUESTS, st.sampled_from(kinds), ANSWERS)


class Peer:
    """The peer: knows the script, and looks at each message of the submission."""

    def __init__(self, script):
        self._script = script
        self._numbers = []
        self._before = []
        self._after = []

    def request(self, message):
        """What to send now that this message has come."""
        at = len(self._numbers)
        number = self._number(message, at)
        self._numbers.append(number)
        _, kind, answer = self._script[at]
        own = (number, answer)
        before, after = self._before, self._after
        self._before, self._after = [], []
        pause = 0.0
        match kind:
            case "now" | "last":
                send = [*before, own, *after]
            case "twice":
                send = [*before, own, own, *after]
            case "chatter" if at > 0:
                old = (self._numbers[0], self._script[0][2])
                send, pause = [*before, *after, *[old] * CHATTER, own], PAUSE
            case _:
                send = [*before, *after]
                self._before = [own] if kind == "late" else []
                self._after = [own] if kind == "later" else []
        return {"send": send, "pause": pause, "close": kind in CLOSED}

    def unreadable(self, error):
        """A message could not even be received."""
        raise Failed(
            Status.WRONG, f"What it sent is no message: recv() raised {error} at the other end."
        )

    def _number(self, message, at):
        check.that(
            type(message) is tuple and len(message) == 2 and type(message[0]) is int,
            "It sent something else than a tuple (number, request) with an int in front.",
            came=message,
        )
        number, request = message
        check.that(at < len(self._script), "It sent more messages than questions.", came=message)
        check.that(
            number not in self._numbers,
            "It used a number twice: the answers cannot be told apart.",
            came=number,
        )
        says = f"The request of question {at + 1} did not arrive as it was given."
        check.equal(request, self._script[at][0], says)
        return number


def converse(session, script):
    """Play the script, and judge how each question ended."""
    peer = session.place(Peer(script), "peer", ("request", "unreadable"))
    if all(kind != "chatter" for _, kind, _ in script):  # a chatter is a long wait in any case
        session.notice_standstill(1.0)
    asked = [(request, LIMITS[kind]) for request, kind, _ in script]
    came = session.drive("converse", peer, asked)
    check.is_a(came, list)
    check.that(len(came) == len(script), "Not every call of ask came back.", came=came)
    for at, outcome in enumerate(came):
        expected = _expected(script, at)
        check.is_a(outcome, dict)
        says = (
            f"Question {at + 1} of {len(script)} (limit {LIMITS[script[at][1]]:g} s) should "
            f"{_in_words(expected)}; it did {_in_words(outcome)}."
        )
        facts = {"kind": script[at][1], "stale": _is_stale(script, at, outcome)}
        check.that(compare.same(outcome, expected), says, **facts)


def _expected(script, at):
    _, kind, answer = script[at]
    if any(earlier in CLOSED for _, earlier, _ in script[:at]) or kind == "closes":
        return {"gone": True}
    return {"returned": answer} if kind in ANSWERED else {"timeout": True}


def _in_words(outcome):
    if "returned" in outcome:
        return f"return {compare.short(outcome['returned'], 60)}"
    return "raise ConnectionError" if "gone" in outcome else "raise TimeoutError"


def _is_stale(script, at, outcome):
    """Whether the answer that came back is one to another question, and not to this."""
    came = outcome.get("returned")
    return (
        "returned" in outcome
        and not compare.same(came, script[at][2])
        and any(compare.same(came, answer) for _, _, answer in script[:at])
    )


@evidence("value")
@settings(max_examples=12)
@example(script=[("size?", "now", 4096), ("name?", "never", "log"), ("owner?", "now", None)])
@example(script=[("size?", "now", 4096), ("name?", "chatter", "log.txt"), ("owner?", "now", "me")])
@given(script=st.lists(questions(["now", "twice", "late", "later", "never", "zero"]), max_size=5))
def test_p1_every_question_gets_its_own_answer(session, script):
    """Every ask returns the answer to its own request, or raises TimeoutError if none comes within
    its limit, whatever else comes meanwhile."""
    converse(session, script)


@evidence("value")
@settings(max_examples=8)
@example(missed=[("size?", "late", 4096)], then=[("name?", "now", "log.txt")])
@given(
    missed=st.lists(questions(["late", "later", "never", "zero"]), min_size=1, max_size=3),
    then=st.lists(questions(["now", "twice"]), min_size=1, max_size=2),
)
def test_p2_after_a_timeout_it_stays_usable(session, missed, then):
    """After TimeoutError the next questions are answered; a late answer is never taken for another
    one."""
    converse(session, missed + then)


@evidence("value")
@settings(max_examples=8)
@example(first=[], end=("size?", "closes", None), more=1)
@example(first=[], end=("size?", "last", 4096), more=2)
@example(first=[("size?", "late", 4096)], end=("name?", "last", "log.txt"), more=1)
@given(
    first=st.lists(questions(["now", "twice", "late"]), max_size=2),
    end=questions(["last", "closes"]),
    more=st.integers(0, 2),
)
def test_p3_a_peer_that_is_gone_is_a_connection_error(session, first, end, more):
    """When the peer has closed its end, ask raises ConnectionError, and again whenever it is
    called; an answer that the peer had sent before is returned first."""
    converse(session, [*first, end, *[("still there?", "closes", None)] * more])


MISCONCEPTIONS = [
    Misconception(
        name="recv_no_poll",
        says="recv() waits for as long as it takes: poll(limit) first.",
        cell="C128",
        wrong="number, answer = conn.recv()",
        right="""
if not conn.poll(limit):
    raise TimeoutError
number, answer = conn.recv()""",
        shows=lambda seen: seen.status is Status.TIMED_OUT,
    ),
    Misconception(
        name="takes_late",
        says="After a timeout the old answer is still on its way: compare the numbers.",
        cell="C128",
        wrong="""
_, answer = conn.recv()
return answer""",
        right="""
number, answer = conn.recv()
if number == mine:
    return answer""",
        shows=lambda seen: seen.fact("stale") is True,
    ),
    Misconception(
        name="eof_leaks",
        says="poll() is True at the end of the stream, too: then recv() raises EOFError.",
        cell="C120",
        wrong="""
if conn.poll(left):
    number, answer = conn.recv()""",
        right="""
try:
    if conn.poll(left):
        number, answer = conn.recv()
except EOFError:
    raise ConnectionError("the peer is gone") from None""",
        shows=lambda seen: seen.error_type() == "EOFError",
    ),
    Misconception(
        name="restarts_limit",
        says="Every message that you drop shortens the time left: fix the deadline once.",
        cell="C120",
        wrong="""
while conn.poll(limit):
    number, answer = conn.recv()""",
        right="""
deadline = time.monotonic() + limit
while conn.poll(max(0.0, deadline - time.monotonic())):
    number, answer = conn.recv()""",
        shows=lambda seen: seen.fact("kind") == "chatter" and not seen.fact("stale"),
    ),
]
