"""What `worker` must fulfil: the other side of its queues is here, and so is what handle does."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Failed, Status
from grader.guests import Guest
from grader.inside.kit.wire import Opaque

FALSY = st.sampled_from([None, 0, "", False, 0.0, [], ()])
WORDS = st.text(st.sampled_from("ab, '\"\\\n$é进程"), max_size=6)
VALUES = FALSY | st.just("STOP") | st.integers(-5, 5) | WORDS
CALLS = st.lists(st.tuples(VALUES, VALUES), max_size=6)
TEXT = {
    "ValueError": str,
    "KeyError": repr,
    "StopIteration": str,
    "EOFError": str,
    "Empty": str,
    "Trouble": "trouble: {}".format,
}
"""What str() makes of each exception with one text."""
OUTCOMES = st.tuples(st.sampled_from(["return", *TEXT]), WORDS)
END = ("stop", None)


class Tasks:
    """The queue of tasks: STOP stands between what is for this worker and what is for others.

    Like `given.MootQueue`, it shows an item to a get that waits, or at the second look.
    """

    def __init__(self, events, items, behind=()):
        self.asked = set()
        self.stopped = False
        self._events = events
        self._line = [*(("item", item) for item in items), END]
        self._line += [*(("item", item) for item in behind), END] if behind else []
        self._looked = False

    def get(self, waits):
        if waits is not True:
            self.asked.add("get")
            if not self._seen():
                return ("empty",)
        if not self._line:
            raise Failed(
                Status.WRONG,
                "It had taken STOP and went on to take from tasks: nothing more comes, so it "
                "would wait for ever.",
                facts={"after_stop": True},
            )
        self._looked = False
        first = self._line.pop(0)
        self._events.append("get after STOP" if self.stopped else "get")
        self.stopped = self.stopped or first is END
        return first

    def put(self, item):
        self._events.append("put back")

    def empty(self):
        self.asked.add("empty")
        return not self._seen()

    def qsize(self):
        self.asked.add("qsize")
        return len(self._line) if self._seen() else 0

    def _seen(self):
        seen = self._looked and bool(self._line)
        self._looked = True
        return seen


class Results:
    """The queue of results: remembers what was put, in order."""

    def __init__(self, events):
        self.answers = []
        self._events = events

    def put(self, answer):
        self.answers.append(answer)
        self._events.append("answer")

    def empty(self):
        return True

    def qsize(self):
        return 0


class Desk(Guest):
    """Decides what becomes of each item, in the order in which they are handled."""

    def __init__(self, events, outcomes):
        self.handled = []
        self.pids = set()
        self._events = events
        self._outcomes = list(outcomes)

    def visited(self, visit):
        self.pids.add(visit.caller.pid)
        self._events.append("handle")
        self.handled.append(visit.args[0] if len(visit.args) == 1 else tuple(visit.args))
        number = len(self.handled) - 1
        more = number < len(self._outcomes)
        visit.answer(self._outcomes[number] if more else ("return", None))


class Scene:
    """All that surrounds one call of `worker`, and the events of all in order."""

    def __init__(self, session, items, outcomes, behind=()):
        self.session = session
        self.events = []
        self.tasks = Tasks(self.events, items, behind)
        self.results = Results(self.events)
        self.desk = Desk(self.events, outcomes)

    def work(self):
        """What the driver saw."""
        place = self.session.place
        tasks = place(self.tasks, "tasks", ("get", "put", "empty", "qsize"))
        results = place(self.results, "results", ("put", "empty", "qsize"))
        with self.telling():
            seen = self.session.drive("worker", tasks, results, place(self.desk, "handle"))
            check.is_a(seen, dict)
            return seen

    def telling(self):
        """Add to a failure what was seen here."""
        return check.telling(
            asked=self.tasks.asked,
            events=self.events,
            answers=self.results.answers,
            stopped=lambda: self.tasks.stopped,
        )

    def check_answers(self, expected):
        """Each item answered, in order, before the next one was taken."""
        check.equal(
            self.results.answers,
            expected,
            "These are not the answers to the items, one for each and in order.",
        )
        right = ["get", "handle", "answer"] * len(expected)
        check.that(
            self.events[: len(right)] == right,
            "An item was taken before the one before it had been handled and answered.",
            came=self.events[: len(right)],
            expected=right,
        )


def answer(item, outcome):
    """The answer that an item gets."""
    what, value = outcome
    return (item, "ok", value) if what == "return" else (item, "error", TEXT[what](value))


@evidence("value", "attested")
@settings(max_examples=10)
@example(calls=[("a", "b"), (None, None), ("c", "d")])
@example(calls=[(0, 1), ("", 2), (False, 3), ([], 4), ("STOP", 5)])
@given(calls=CALLS)
def test_p1_every_item_is_answered_once_in_order(session, calls):
    """Every item is answered once and in order, whatever empty() and qsize() say; None, 0 and ""
    are items and results like any other."""
    items, outcomes = [item for item, _ in calls], [("return", value) for _, value in calls]
    scene = Scene(session, items, outcomes)
    seen = scene.work()
    with scene.telling():
        scene.check_answers(list(map(answer, items, outcomes)))
        says = "This is not the number of items, without STOP."
        check.equal(seen.get("returned"), len(items), says)


@evidence("value", "attested")
@settings(max_examples=8)
@example(calls=[(1, ("return", "a")), (2, ("ValueError", "no")), (3, ("return", ""))], end=None)
@example(calls=[(1, ("KeyError", "no")), (2, ("Empty", "")), (3, ("Trouble", "b"))], end=None)
@example(calls=[(1, ("ValueError", "no"))], end="KeyboardInterrupt")
@given(
    calls=st.lists(st.tuples(VALUES, OUTCOMES), max_size=4),
    end=st.sampled_from([None, "KeyboardInterrupt", "SystemExit"]),
)
def test_p2_an_error_is_an_answer_and_an_interrupt_is_none(session, calls, end):
    """When handle raises, the answer is "error" with the text of the exception, and the work goes
    on; KeyboardInterrupt and SystemExit pass."""
    items, outcomes = [item for item, _ in calls], [outcome for _, outcome in calls]
    more = [] if end is None else [end]
    scene = Scene(session, [*items, *more], [*outcomes, *((name, None) for name in more)])
    seen = scene.work()
    with scene.telling():
        if end is not None:
            check.that(
                seen.get("passed") == end,
                f"handle raised {end}, and worker went on.",
                swallowed=end,
            )
        scene.check_answers(list(map(answer, items, outcomes)))
        if end is None:
            says = "This is not the number of items, good ones and bad ones."
            check.equal(seen.get("returned"), len(items), says)


@evidence("attested")
@settings(max_examples=8)
@example(items=[1], behind=[2])
@given(items=st.lists(VALUES, max_size=3), behind=st.lists(VALUES, min_size=1, max_size=3))
def test_p3_nothing_is_taken_after_stop(session, items, behind):
    """When STOP has been taken, nothing more is taken from tasks and nothing is put back."""
    scene = Scene(session, items, [("return", item) for item in items], behind)
    scene.work()
    with scene.telling():
        after = scene.events.count("get after STOP")
        check.that(
            after == 0,
            f"It took STOP, and then {after} more from tasks, which is for other workers.",
            after_stop=True,
        )
        check.that(
            "put back" not in scene.events,
            "It put something into tasks: whoever made the queue has put one STOP for each worker.",
            put_back=True,
        )
        check.that(scene.tasks.stopped, "It came back before it had taken STOP.")


@evidence("value", "attested")
@settings(max_examples=2)
@example(calls=[(None, ("return", 0)), ("STOP", ("KeyError", "no")), ([1], ("return", None))])
@given(calls=st.lists(st.tuples(VALUES, OUTCOMES), max_size=4))
def test_p4_it_works_in_a_child(session, calls):
    """As the target of a process, with real queues: the answers arrive, and the process ends with
    exit code 0."""
    session.notice_standstill()
    desk = Desk([], [outcome for _, outcome in calls])
    items = [item for item, _ in calls]
    seen = session.drive("worker_in_child", session.ctx, items, session.place(desk, "handle"))
    check.is_a(seen, dict)
    expected = [answer(*call) for call in calls]
    check.equal(seen.get("answers"), expected, "These are not the answers that a child must put.")
    check.equal(seen.get("code"), 0, "This is not the exit code of a worker that returned.")
    check.that(
        len(desk.handled) == len(items) and session.worker_pid not in desk.pids,
        "The items were not handled in the child, once each.",
    )


def _early(seen: Seen) -> bool:
    """It left without having taken STOP."""
    return seen.status is Status.WRONG and seen.fact("stopped") is False


def _asked(seen: Seen, *names: str) -> bool:
    return _early(seen) and not {*names}.isdisjoint(seen.fact("asked") or ())


def _falsy_stop(seen: Seen) -> bool:
    """It left at an item that counts as false."""
    if not _early(seen) or seen.fact("asked"):
        return False
    items = [call[0] for call in seen.inputs.get("calls", [])] or seen.inputs.get("items", [])
    taken = (seen.fact("events") or []).count("get")
    return 0 < taken <= len(items) and not items[taken - 1]


def _decorated(seen: Seen) -> bool:
    """What was to be the target cannot be found by its name."""
    error = seen.fact("error")
    texts = " ".join(str(each) for each in error.args) if error is not None else ""
    return seen.property == "P4" and ("local object" in texts or "not the same object" in texts)


def _wrong_text(seen: Seen) -> bool:
    """The answer holds the exception, or something else than its text."""
    if seen.property not in ("P2", "P4") or not isinstance(seen.expected, list):
        return False
    came = seen.came if isinstance(seen.came, list) else []
    pairs = [pair for pair in zip(came, seen.expected, strict=False) if pair[0] != pair[1]]
    return len(came) == len(seen.expected) and any(
        isinstance(one, tuple)
        and len(one) == 3
        and not isinstance(one[0], Opaque)
        and one[:2] == other[:2]
        and other[1] == "error"
        for one, other in pairs
    )


MISCONCEPTIONS = [
    Misconception(
        name="until_empty",
        says="empty() says nothing yet, never finished: leave at STOP.",
        cell="C160",
        wrong="while not tasks.empty():",
        right="while (item := tasks.get()) is not STOP:",
        shows=lambda seen: _asked(seen, "empty", "get"),
    ),
    Misconception(
        name="qsize_loop",
        says="qsize() is a guess, and macOS has none: leave at STOP.",
        cell="C145",
        wrong="while tasks.qsize():",
        right="while (item := tasks.get()) is not STOP:",
        shows=lambda seen: _asked(seen, "qsize"),
    ),
    Misconception(
        name="falsy_stop",
        says="if not item: also stops at 0, at None and at an empty text.",
        cell="C151",
        wrong="""
if not item:
    break""",
        right="""
if item is STOP:
    break""",
        shows=_falsy_stop,
    ),
    Misconception(
        name="dies_on_error",
        says="One bad item must not end the worker: catch what handle raises, inside the loop.",
        cell="C163",
        wrong="""
try:
    while (item := tasks.get()) is not STOP:
        ...
except Exception:
    ...""",
        right="""
while (item := tasks.get()) is not STOP:
    try:
        ...
    except Exception as error:
        ...""",
        shows=lambda seen: (
            seen.property in ("P2", "P4")
            and (
                seen.error_type() in TEXT
                or (_early(seen) and seen.fact("events")[-1:] == ["answer"])
            )
        ),
    ),
    Misconception(
        name="catches_everything",
        says="A bare except also catches Ctrl-C and sys.exit(): catch Exception.",
        cell="C157",
        wrong="except:",
        right="except Exception as error:",
        shows=lambda seen: bool(seen.fact("swallowed")),
    ),
    Misconception(
        name="wrong_text",
        says="The text of an exception is str(error): not the object, and not its first argument.",
        cell="C163",
        wrong='results.put((item, "error", error.args[0]))',
        right='results.put((item, "error", str(error)))',
        shows=_wrong_text,
    ),
    Misconception(
        name="stop_put_back",
        says="One STOP for each worker is put by who feeds them: a worker that puts its own back "
        "leaves one over.",
        cell="C151",
        wrong="""
if item is STOP:
    tasks.put(STOP)
    break""",
        right="""
if item is STOP:
    break""",
        shows=lambda seen: bool(seen.fact("put_back")),
    ),
    Misconception(
        name="decorated",
        says="A target travels by its name: a wrapper that bears another name is not found there.",
        cell="C031",
        wrong="""
def wrapper(tasks, results, handle):
    ...""",
        right="""
@functools.wraps(function)
def wrapper(tasks, results, handle):
    ...""",
        shows=_decorated,
    ),
]
