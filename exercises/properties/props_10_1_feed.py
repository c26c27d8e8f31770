"""What `feed` must fulfil: the queue it fills and the items it takes are in the grader's hands.

The queue counts what is put and knows how each put was called. Its reader takes an item only while
somebody waits for room. Beside it stands a real queue, whose reader waits until it is full.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Failed, Status

LONG = 60.0
"""A limit that no test comes near: no put waits that long."""
SIZES = st.integers(1, 5)
WORDS = st.text(st.sampled_from("ab, '\"\\\n$é进程"), max_size=6)
ITEMS = st.lists(st.none() | st.booleans() | st.integers() | WORDS, max_size=12)
OF_PULL = ["ValueError", "OSError", "KeyboardInterrupt", "SystemExit", "queue.Full", "queue.Empty"]
OF_PUT = ["ValueError", "OSError", "KeyboardInterrupt"]
ORDERS = st.sampled_from(
    [*(("items", name) for name in OF_PULL), *(("put", name) for name in OF_PUT)]
)


class Belt:
    """A supply of items and a queue of limited size with a scripted reader.

    Args:
        session: places what the submission's side calls.
        size: of the queue.
        limit: what `feed` was given.
        supply: the items; None for one without end.
        takes: how many items the reader takes before it goes away; None for all.
        pause: seconds until it takes one for which somebody waits.
        order: where to raise what, once all of the supply is placed; None for an ordinary end.
        strict: whether the next item may only be taken when the one before has its place.
    """

    def __init__(
        self, session, size, limit, supply, takes=None, pause=0.0, order=None, strict=True
    ):
        self.size, self.limit, self.supply = size, limit, supply
        self.takes, self.pause, self.order, self.strict = takes, pause, order, strict
        self.delivered = []
        self.pulled = 0
        self.closed = 0
        self.ordered = False
        self.offers = []  # of the present item, as far as they were refused: how long each waited
        self._unplaced = False
        self._taken = 0
        placed = [session.place(each, each.__name__) for each in (self.put, self.close, self.pull)]
        self.arguments = (*placed, limit)

    def pull(self):
        """The next item."""
        if self.strict and self._unplaced and not self.ordered:
            if self.offers:
                says = "An item found no place, and it went on to the next one."
            else:
                says = "It took another item before the one before had its place."
            facts = self.facts(dropped=bool(self.offers), ahead=not self.offers)
            raise Failed(Status.WRONG, says, facts=facts)
        self.offers = []
        if self.supply is not None and self.pulled >= len(self.supply):
            return self._after_the_last()
        self.pulled += 1
        self._unplaced = True
        return ("item", self.pulled if self.supply is None else self.supply[self.pulled - 1])

    def _after_the_last(self):
        where, name = self.order or ("", "")
        if self.ordered or not where:
            return ("end", None)
        if where == "put":  # one more, which put will refuse
            self.pulled += 1
            return ("item", "one too many")
        self.ordered = True
        return ("raise", name)

    def put(self, obj, block, timeout):
        """What a put does: ``ok`` with the seconds it takes, ``full``, or ``raise`` with a name."""
        where, name = self.order or ("", "")
        if where == "put" and not self.ordered and self.pulled > len(self.supply):
            self.ordered = True
            return ("raise", name)
        waits = self._waits(block, timeout)
        full = len(self.delivered) - self._taken >= self.size
        if full and waits and (self.takes is None or self._taken < self.takes):
            self._taken += 1
            self._place(obj)
            return ("ok", self.pause)
        if not full:
            self._place(obj)
            return ("ok", 0.0)
        self._refuse(waits, timeout)
        return ("full", None)

    def _waits(self, block, timeout):
        number = type(timeout) in (int, float)
        if block and timeout is not None and not number:
            raise Failed(
                Status.WRONG,
                f"It called put with a timeout of {timeout!r}, which is no number of seconds.",
                facts=self.facts(),
            )
        return bool(block) and (timeout is None or timeout > 0)

    def _place(self, obj):
        self.delivered.append(obj)
        self.offers = []
        self._unplaced = False

    def _refuse(self, waits, timeout):
        if waits and (timeout is None or timeout > self.limit):
            how = "without a timeout" if timeout is None else f"with a timeout of {timeout:g} s"
            raise Failed(
                Status.WRONG,
                f"It called put {how}, and nobody reads; one item may wait for {self.limit:g} s.",
                facts=self.facts(too_long=True),
            )
        if any(self.offers) or (self.offers and not waits):
            raise Failed(
                Status.WRONG,
                "The queue is full, and it asks for room again and again, instead of waiting "
                "once in put for as long as the limit says.",
                facts=self.facts(polls=True),
            )
        self.offers.append(timeout if waits else 0)

    def close(self):
        """The queue is its owner's to close."""
        self.closed += 1

    def facts(self, **more):
        """For the feedback."""
        return {"offers": list(self.offers), "ordered": self.ordered, **more}


def fed(session, belt):
    """How `feed` ended."""
    outcome = session.drive("feed_from", *belt.arguments)
    check.is_a(outcome, dict)
    check.that(not belt.closed, "It closed the queue, and its caller goes on using it.")
    return outcome


def all_delivered(outcome, came, items, says, /, **facts):
    """Every item has arrived, in order, and `feed` returned how many there were."""
    facts = {**facts, "outcome": outcome}
    check.that(
        "returned" in outcome,
        f"It raised Backlog({outcome.get('backlog')!r}), but the reader would have made room.",
        **facts,
    )
    check.equal(came, items, says, **facts)
    says = "This is not the number of items that were delivered."
    check.equal(outcome["returned"], len(items), says, counted=True)


@evidence("value", "attested")
@settings(max_examples=2)
@example(size=2, items=["red", None, 0, "", "blue"], pause=0.0)
@example(size=1, items=["one", "two", "three", "four"], pause=0.26)
@given(size=SIZES, items=ITEMS, pause=st.just(0.0))
def test_p1_every_item_arrives_in_order(session, size, items, pause):
    """All items arrive, in order, also through a full queue whose reader makes room for those
    only who wait; the limit counts for each item anew."""
    belt = Belt(session, size, 0.5 if pause else LONG, items, pause=pause, strict=False)
    outcome = fed(session, belt)
    says = "These are not the items that were to go through the queue."
    all_delivered(outcome, belt.delivered, items, says, pause=pause, offers=belt.offers)
    reports, take = session.reports("take")
    reader = session.given("slow_reader")
    outcome = session.drive("feed_real", session.ctx, reader, take, size, items, LONG)
    check.is_a(outcome, dict)
    says = "It closed the queue, and its caller goes on using it."
    check.that(outcome.get("closed") is False, says)
    came = [each.args[0] if each.args else None for each in reports.entries]
    says = "These are not the items that the reader of a real queue got."
    all_delivered(outcome, came, items, says)


@evidence("value", "attested")
@settings(max_examples=5)
@example(size=2, takes=0, endless=True, limit=LONG)
@example(size=1, takes=2, endless=False, limit=LONG)
@given(
    size=SIZES, takes=st.integers(0, 3), endless=st.booleans(), limit=st.sampled_from([0.5, LONG])
)
def test_p2_no_room_in_time_is_a_backlog(session, size, takes, endless, limit):
    """When nobody reads (any more), Backlog says how many items were placed, after a put that
    waited for as long as the limit says; no further item is taken."""
    room = size + takes
    belt = Belt(session, size, limit, None if endless else list(range(room)), takes=takes)
    outcome = fed(session, belt)
    facts = belt.facts(outcome=outcome, room=room)
    if not endless:
        all_delivered(outcome, belt.delivered, list(range(room)), "Not all were put.", **facts)
        return
    check.that("backlog" in outcome, "No Backlog was raised, and the queue was full.", **facts)
    check.equal(outcome["backlog"], room, "This is not the number of items placed.", **facts)
    check.that(
        any(2 * waited > limit for waited in belt.offers),
        f"It raised Backlog before one put had waited for the limit, {limit:g} s.",
        came=list(belt.offers),
        early=True,
        **facts,
    )


@evidence(
    *("attested", "observed"),
    reason="whether an exception is the very same object is seen only beside the code",
)
@settings(max_examples=7)
@example(size=2, items=["red"], order=("items", "ValueError"))
@example(size=1, items=["red", "blue"], order=("items", "queue.Full"))
@example(size=1, items=[], order=("put", "KeyboardInterrupt"))
@given(size=SIZES, items=st.lists(WORDS, max_size=4), order=ORDERS)
def test_p3_other_exceptions_pass_and_items_are_taken_one_at_a_time(session, size, items, order):
    """What the iterator raises comes through as it is, and so does what put raises besides Full;
    each item is taken only when the one before has its place."""
    belt = Belt(session, size, LONG, items, order=tuple(order))
    outcome = fed(session, belt)
    where, name = order
    facts = belt.facts(outcome=outcome, where=where, name=name)
    raised = "put" if where == "put" else "the iterator"
    check.that(
        "raised" in outcome,
        f"{raised} raised {name}, and it did not come through: {_told(outcome)}.",
        hidden=True,
        **facts,
    )
    check.that(
        outcome.get("same") is True and outcome["raised"] == name.rpartition(".")[2],
        f"{raised} raised {name}, and another exception came out: {outcome['raised']}.",
        **facts,
    )
    check.equal(belt.delivered, items, "These are not the items from before the error.", **facts)


def _told(outcome):
    if "backlog" in outcome:
        return f"feed raised Backlog({outcome['backlog']!r})"
    return f"feed returned {outcome.get('returned')!r}"


def _outcome(seen: Seen):
    outcome = seen.fact("outcome")
    return outcome if isinstance(outcome, dict) else {}


def _drops(seen: Seen) -> bool:
    """Items are missing, and it had noticed nothing worth an exception."""
    if seen.property != "P1":
        return bool(seen.fact("dropped"))
    came, expected = seen.came, seen.expected
    if not isinstance(came, list) or not isinstance(expected, list):
        return False
    rest = iter(map(repr, expected))
    return len(came) < len(expected) and all(repr(each) in rest for each in came)


def _catches_empty(seen: Seen) -> bool:
    error = seen.fact("error")
    return seen.status is Status.RAISED and error is not None and error.type_name == "Full"


def _hides(seen: Seen) -> bool:
    return seen.property == "P3" and bool(seen.fact("hidden"))


def _wide_try(seen: Seen) -> bool:
    queue_full = seen.fact("where") == "items" and seen.fact("name") == "queue.Full"
    return _hides(seen) and queue_full and "backlog" in _outcome(seen)


def _bare_except(seen: Seen) -> bool:
    return _hides(seen) and seen.fact("name") != "queue.Full"


def _limit_for_all(seen: Seen) -> bool:
    return seen.property == "P1" and bool(seen.fact("pause")) and "backlog" in _outcome(seen)


def _gives_up_at_once(seen: Seen) -> bool:
    if seen.property == "P1":
        return "backlog" in _outcome(seen) and not seen.fact("pause")
    return bool(seen.fact("early"))


MISCONCEPTIONS = [
    Misconception(
        name="drops_when_full",
        says='put_nowait() and a print of "queue full!" lose the item: put() waits for room.',
        cell="C161",
        wrong="""
try:
    q.put_nowait(item)
except queue.Full:
    print("queue full!")""",
        right="q.put(item, timeout=limit)",
        shows=_drops,
    ),
    Misconception(
        name="gives_up_at_once",
        says="A full queue is no error yet: wait for room before you complain.",
        cell="C144",
        wrong="""
try:
    q.put_nowait(item)
except queue.Full:
    raise Backlog(delivered)""",
        right="""
try:
    q.put(item, timeout=limit)
except queue.Full:
    raise Backlog(delivered)""",
        shows=_gives_up_at_once,
    ),
    Misconception(
        name="polls",
        says="put() waits by itself, and wakes at the right moment: no loop around put_nowait().",
        cell="C156",
        wrong="""
while True:
    try:
        q.put_nowait(item)
        break
    except queue.Full:
        time.sleep(0.01)""",
        right="q.put(item, timeout=limit)",
        shows=lambda seen: bool(seen.fact("polls")),
    ),
    Misconception(
        name="limit_for_all",
        says="The limit is for one item: a deadline that is set once leaves less and less.",
        cell="C143",
        wrong="""
deadline = time.monotonic() + limit
for item in items:
    q.put(item, timeout=deadline - time.monotonic())""",
        right="""
for item in items:
    q.put(item, timeout=limit)""",
        shows=_limit_for_all,
    ),
    Misconception(
        name="catches_empty",
        says="A full queue raises queue.Full; queue.Empty is what get() raises.",
        cell="C142",
        wrong="except queue.Empty:",
        right="except queue.Full:",
        shows=_catches_empty,
    ),
    Misconception(
        name="waits_for_ever",
        says="Without a timeout put() waits for room for ever.",
        cell="C141",
        wrong="q.put(item)",
        right="q.put(item, timeout=limit)",
        shows=lambda seen: bool(seen.fact("too_long")),
    ),
    Misconception(
        name="bare_except",
        says="except: hides real errors and Ctrl-C: catch queue.Full, and nothing else.",
        cell="C157",
        wrong="except:",
        right="except queue.Full:",
        shows=_bare_except,
    ),
    Misconception(
        name="wide_try",
        says="A try around the whole loop also catches what the items raise: put one line in it.",
        cell="C157",
        wrong="""
try:
    for item in items:
        q.put(item, timeout=limit)
except queue.Full: ...""",
        right="""
for item in items:
    try:
        q.put(item, timeout=limit)
    except queue.Full: ...""",
        shows=_wide_try,
    ),
    Misconception(
        name="list_first",
        says="list() takes all items before the first is put: then the queue holds nothing back.",
        cell="C141",
        wrong="for item in list(items):",
        right="for item in items:",
        shows=lambda seen: bool(seen.fact("ahead")),
    ),
]
