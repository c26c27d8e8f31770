"""What `consume` and `wait_done` must fulfil: what is taken, handled and reported is seen here."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Failed, Status
from grader.guests import Guest

SHORT = 0.2
"""A limit that passes while something is not done."""
LONG = 60.0
"""A limit that no test lasts: who waits for all of it is not in time."""
ERRORS = ["ValueError", "KeyError", "EOFError", "StopIteration", "Trouble", "Empty"]
OUTCOMES = st.sampled_from(["return", *ERRORS])
ITEMS = st.none() | st.just("") | st.integers(-3, 3) | st.just("STOP")
CALLS = st.lists(st.tuples(ITEMS, OUTCOMES), max_size=5)
ENDS = ("KeyboardInterrupt in handle", "SystemExit in handle", "KeyboardInterrupt in get")
LEAVE = "leave"
"""The item with which a consumer ends by itself."""


class Record:
    """A queue with a script: gives its items, decides what handle does, and notes all of it."""

    def __init__(self, calls, end):
        self.events = []
        error, _, where = end.partition(" in ")
        self._line = [("item", item) for item, _ in calls]
        self._outcomes = [outcome for _, outcome in calls]
        self._line.append(("item", "the end") if where == "handle" else (error, None))
        self._outcomes.append(error)
        self._error = error

    def get(self):
        if not self._line:
            raise Failed(
                Status.WRONG,
                f"{self._error} did not pass: consume went on to take from the queue.",
                facts={"swallowed": self._error, "events": self.events},
            )
        first = self._line.pop(0)
        self.events.append("get" if first[0] == "item" else "get raises")
        return first

    def task_done(self):
        self.events.append("task_done")

    def put(self, item):
        self.events.append("put")

    def handle(self, item):
        self.events.append(("handle", item))
        taken = self.events.count("get")
        return self._outcomes[max(taken, 1) - 1], "on purpose"


def expected_events(calls, end):
    """What an honest consumer does."""
    events = []
    for item, _ in calls:
        events += ["get", ("handle", item), "task_done"]
    if end.endswith("handle"):
        return [*events, "get", ("handle", "the end"), "task_done"]
    return [*events, "get raises"]


@evidence("attested")
@settings(max_examples=12)
@example(calls=[(1, "return"), (2, "return")], end=ENDS[0])
@example(calls=[(1, "ValueError"), (None, "Empty"), ("", "return")], end=ENDS[1])
@example(calls=[(0, "return")], end=ENDS[2])
@given(calls=CALLS, end=st.sampled_from(ENDS))
def test_p1_each_item_is_reported_once_when_it_has_been_handled(session, calls, end):
    """consume takes, handles and reports one item after the other: task_done once for each get,
    after handle, whether it returned or raised; an interrupt passes."""
    record = Record(calls, end)
    line = session.place(record, "queue", ("get", "task_done", "put"))
    with check.telling(events=record.events):
        seen = session.drive("consume", line, session.place(record.handle, "handle"))
        check.is_a(seen, dict)
        error = end.partition(" in ")[0]
        check.equal(
            record.events,
            expected_events(calls, end),
            "This is not what consume has to do for these items, in this order.",
        )
        check.that(
            seen.get("passed") == error,
            f"{end} did not pass to the caller of consume.",
            swallowed=error,
        )


class Desk(Guest):
    """Decides for the consumers, and holds the one that has the item ``special``.

    Args:
        session: the session.
        special: is held until the gate opens; None for no item.
        outcomes: what becomes of the item 0, 1, and so on.
        dies: whether the one that was held dies then, when the driver's call waits.
    """

    def __init__(self, session, special, outcomes, dies):
        self.visits = 0
        self._special = special
        self._outcomes = outcomes
        self._dies = dies
        self._lull = session.lull()
        self._held = None
        self._open = False
        self._closed = []

    def visited(self, visit):
        item = visit.args[0] if visit.args else None
        if item == LEAVE:
            visit.answer(("SystemExit", None))
            return
        self.visits += 1
        if item == self._special and not self._open:
            self._held = visit
        elif item == self._special:
            self._let_go(visit)
        else:
            known = type(item) is int and 0 <= item < len(self._outcomes)
            visit.answer((self._outcomes[item] if known else "return", "on purpose"))
        self._look()

    def gate(self, visit):
        """``closed``: wait until all others have been handled; ``open``: let the held one go."""
        if visit.method == "closed":
            self._closed.append(visit)
            self._look()
            return
        self._open = True
        visit.answer(None)
        if self._held is not None:
            self._let_go(self._held)

    def _look(self):
        if self._held is not None and self.visits >= len(self._outcomes):
            for visit in self._closed:
                visit.answer(None)
            self._closed.clear()

    def _let_go(self, visit):
        if not self._dies:
            visit.answer(("return", None))
            return
        # It dies when the call that was announced waits.
        self._lull.visited(Dying(visit))


class Dying:
    """A visit that is answered with death."""

    def __init__(self, visit):
        self.caller = visit.caller
        self._visit = visit

    def answer(self, value):
        self._visit.answer(("die", None))


class Gate(Guest):
    """The driver's line to a desk."""

    def __init__(self, desk):
        self._desk = desk

    def visited(self, visit):
        self._desk.gate(visit)


def placed(session, desk):
    """A desk and its gate, as arguments."""
    return session.place(desk, "handle"), session.place(Gate(desk), "gate", ("closed", "open"))


@evidence("value")
@settings(max_examples=2)
@example(outcomes=["return", "ValueError", "return"], size=1)
@example(outcomes=["return"], size=2)
@given(outcomes=st.lists(OUTCOMES, min_size=1, max_size=5), size=st.integers(1, 3))
def test_p2_wait_done_is_true_when_everything_is_done_and_not_before(session, outcomes, size):
    """With real processes: False when the limit passes while an item is at work, True when all are
    done, and still True when a consumer has ended since."""
    session.notice_standstill()
    special = len(outcomes) - 1
    desk, gate = placed(session, Desk(session, special, outcomes, dies=False))
    items = list(range(len(outcomes)))
    seen = session.drive(
        "work_and_wait", session.ctx, items, LEAVE, size, (SHORT, LONG), desk, gate
    )
    check.is_a(seen, list)
    for number, (right, when) in enumerate(
        (
            (False, f"an item had been taken and was not done, after {SHORT} s"),
            (True, "everything was done"),
            (True, "everything was done, and a consumer had ended since"),
        )
    ):
        came = seen[number] if number < len(seen) else None
        check.equal(came, right, f"This is what wait_done said when {when}.", question=number)


@evidence("value")
@settings(max_examples=2)
@example(size=1, others=1, before=False)
@example(size=2, others=2, before=True)
@given(size=st.integers(1, 3), others=st.integers(0, 3), before=st.booleans())
def test_p3_a_consumer_that_dies_at_work_is_noticed(session, size, others, before):
    """When a consumer is killed in the middle of an item, before the call or during it, wait_done
    says False and does not wait for the limit."""
    session.notice_standstill()
    first = ("die", None) if before else ("return", 0)
    outcomes = [first[0], *["return"] * others]
    placed_desk, gate = placed(session, Desk(session, first[1], outcomes, dies=True))
    items = list(range(others + 1))
    with check.telling(died=True):
        came = session.drive(
            "die_and_wait", session.ctx, items, size, before, LONG, placed_desk, gate
        )
        says = "A consumer had died with an item in its hands: that is never done."
        check.equal(came, False, says)


def _events(seen: Seen):
    return [e[0] if isinstance(e, tuple) else e for e in seen.fact("events") or []]


def _missing_report(seen: Seen) -> bool:
    events = _events(seen)
    at = [number for number, event in enumerate(events) if event == "handle"]
    calls = seen.inputs.get("calls", [])
    ends = [*(outcome != "return" for _, outcome in calls), True]
    return seen.property == "P1" and any(
        raises and events[number + 1 : number + 2] != ["task_done"] and events[number - 1] == "get"
        for number, raises in zip(at, ends, strict=False)
    )


def _done_before(seen: Seen) -> bool:
    events = _events(seen)
    return seen.property == "P1" and any(
        events[number : number + 3] == ["get", "task_done", "handle"]
        for number in range(len(events))
    )


def _done_twice(seen: Seen) -> bool:
    events = _events(seen)
    return seen.property == "P1" and any(
        events[number : number + 2] == ["task_done", "task_done"] for number in range(len(events))
    )


def _reports_nothing_taken(seen: Seen) -> bool:
    return seen.property == "P1" and _events(seen)[-2:] == ["get raises", "task_done"]


def _error_ends_it(seen: Seen) -> bool:
    """An error left consume, with a report or without one."""
    return seen.property == "P1" and seen.error_type() in ERRORS


def _plain_join(seen: Seen) -> bool:
    return seen.property in ("P2", "P3") and seen.status is Status.TIMED_OUT


MISCONCEPTIONS = [
    Misconception(
        name="no_finally",
        says="If handle raises, join() waits for ever: task_done belongs into finally.",
        cell="C163",
        wrong="""
try:
    handle(item)
    q.task_done()
except Exception:
    ...""",
        right="""
try:
    handle(item)
except Exception:
    ...
finally:
    q.task_done()""",
        shows=_missing_report,
    ),
    Misconception(
        name="done_before",
        says="Report after the work, not before it.",
        cell="C163",
        wrong="""
item = q.get()
q.task_done()
handle(item)""",
        right="""
item = q.get()
try:
    handle(item)
finally:
    q.task_done()""",
        shows=_done_before,
    ),
    Misconception(
        name="done_twice",
        says="One task_done for each get: more release join() early.",
        cell="C166",
        wrong="""
try:
    handle(item)
    q.task_done()
finally:
    q.task_done()""",
        right="""
try:
    handle(item)
finally:
    q.task_done()""",
        shows=_done_twice,
    ),
    Misconception(
        name="get_inside_try",
        says="Who has taken nothing reports nothing: get() stands before the try.",
        cell="C166",
        wrong="""
try:
    item = q.get()
    handle(item)
finally:
    q.task_done()""",
        right="""
item = q.get()
try:
    handle(item)
finally:
    q.task_done()""",
        shows=_reports_nothing_taken,
    ),
    Misconception(
        name="error_ends_it",
        says="finally reports the item, and the exception still leaves the loop: catch it.",
        cell="C163",
        wrong="""
try:
    handle(item)
finally:
    q.task_done()""",
        right="""
try:
    handle(item)
except Exception:
    ...
finally:
    q.task_done()""",
        shows=_error_ends_it,
    ),
    Misconception(
        name="empty_is_done",
        says="An empty queue has been taken from, which is not done: ask for the count.",
        cell="C145",
        wrong="while not q.empty():",
        right="while unfinished(q):",
        shows=lambda seen: (
            seen.property == "P2" and seen.fact("question") == 0 and seen.came is True
        ),
    ),
    Misconception(
        name="all_must_live",
        says="A consumer that has ended after the work is no loss: look at the count first.",
        cell="C165",
        wrong="if not all(consumer.is_alive() for consumer in consumers):",
        right="if unfinished(q) and not all(consumer.is_alive() for consumer in consumers):",
        shows=lambda seen: (
            seen.property == "P2" and seen.fact("question") == 2 and seen.came is False
        ),
    ),
    Misconception(
        name="plain_join",
        says="q.join() never returns when a consumer died holding an item.",
        cell="C165",
        wrong="q.join()",
        right="""
while unfinished(q):
    if connection.wait(sentinels, timeout):
        ...""",
        shows=_plain_join,
    ),
]
