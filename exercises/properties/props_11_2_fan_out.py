"""What `fan_out` must fulfil: its workers ask the grader, which is in no hurry with one of them.

The first answer is held until nothing moves any more. So it comes last, every time.
"""

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status
from grader.guests import Guest, Visit

STILL = 0.1
"""Seconds without a movement, after which the held answer is given."""
LARGE = 300_000
"""Characters of a result: more than any pipe holds."""
TROUBLE = "drivers.drive_11_2.Trouble"
WORKERS = st.integers(1, 5)
ITEMS = st.lists(st.none() | st.just("") | st.integers(0, 20), max_size=50)
ERRORS = {
    "builtins.ValueError": lambda number: [f"item {number}"],
    "builtins.KeyError": lambda number: [number],
    TROUBLE: lambda number: ["no", number],
}


class Desk(Guest):
    """Answers for `handle`; the answer to the item ``held`` waits until all is still."""

    def __init__(self, session, held, outcome):
        self.handled = []
        self.callers = []
        self._held = held
        self._outcome = outcome
        self._rest = session.rest(STILL)

    def visited(self, visit):
        item = visit.args[0] if len(visit.args) == 1 else tuple(visit.args)
        first = item not in self.handled
        self.handled.append(item)
        self.callers.append(visit.caller)
        outcome = self._outcome(item)
        if self._held == [item] and first:
            # The same visit, which then answers with this outcome.
            parts = visit.caller, visit.process, visit.method, visit.args
            self._rest.visited(Visit(*parts, lambda _: visit.answer(outcome)))
        else:
            visit.answer(outcome)


@evidence("value", "attested")
@settings(max_examples=2)
@example(items=[3, 1, 2, 4, 5, 0], n=2)
@example(items=[], n=3)
@given(items=ITEMS, n=WORKERS)
def test_p1_the_results_stand_in_the_order_of_the_items(session, items, n):
    """The result equals [handle(item) for item in items], whatever the order in which they are
    done; every item is handled once, in a worker."""
    session.notice_standstill()

    def result_of(item):
        return (item, "done") if item else item

    desk = Desk(session, items[:1] if n > 1 else [], lambda item: ("return", result_of(item)))
    with check.telling(handled=lambda: len(desk.handled), size=len(items), workers=n):
        placed = session.place(desk, "handle")
        seen = session.drive("fan_out", session.ctx, items, placed, n)
        check.is_a(seen, dict)
        expected = [result_of(item) for item in items]
        says = "These are not the results in the order of the items."
        check.equal(seen.get("returned"), expected, says)
        check.that(
            Counter(map(repr, desk.handled)) == Counter(map(repr, items)),
            "handle was not called once for each item.",
            came=desk.handled,
            expected=items,
        )
        pids = {each.pid for each in desk.callers}
        check.that(
            session.worker_pid not in pids,
            "handle was called in the process that called fan_out, not in a worker.",
        )
        check.that(len(pids) <= n, f"{len(pids)} processes handled items; n is {n}.")
        wrong = {each.method for each in desk.callers} - {session.method, None}
        check.that(
            not wrong,
            f"ctx stands for {session.method}, but a worker was made by {', '.join(sorted(wrong))}.",
            methods=wrong,
        )


@evidence("attested")
@settings(max_examples=2)
@given(n=st.integers(2, 4))
def test_p2_n_workers_are_at_work_at_once(session, n):
    """n items are handled at the same time, in n processes: they can wait for each other."""
    meeting, place = session.meeting(n)
    answers = session.call("fan_out", session.ctx, [place] * n, session.given("meet"), n)
    check.that(
        len(set(meeting.pids)) == n,
        f"{len(set(meeting.pids))} processes came to the meeting point; {n} were to come.",
    )
    check.equal(answers, [None] * n, "meet() returns None, for each item.")


@evidence("value")
@settings(max_examples=1)
@example(sizes=[LARGE, 0, LARGE], n=2)
@example(sizes=[LARGE // 3] * 16, n=1)
@example(sizes=[1], n=4)
@given(sizes=st.lists(st.sampled_from([0, 1, LARGE]), max_size=4), n=WORKERS)
def test_p3_large_results_do_not_block_and_workers_may_be_idle(session, sizes, n):
    """Results larger than any pipe arrive, many of them too; more workers than items is fine."""
    session.notice_standstill()
    with check.telling(sizes=sizes):
        answers = session.call("fan_out", session.ctx, sizes, session.given("large"), n)
        check.is_a(answers, list)
        check.that(
            all(type(each) is str for each in answers)
            and [len(each) for each in answers] == sizes
            and all(each == "x" * len(each) for each in answers),
            "These are not the results of large(size), in the order of the sizes.",
            came=[len(each) if isinstance(each, str) else each for each in answers],
            expected=sizes,
        )


@evidence("value", "attested")
@settings(max_examples=1)
@example(size=4, bad=[1, 3], kind=TROUBLE, n=2)
@example(size=1, bad=[0], kind="builtins.ValueError", n=3)
@given(
    size=st.just(5),
    bad=st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True),
    kind=st.sampled_from(list(ERRORS)),
    n=st.integers(2, 4),
)
def test_p4_the_first_error_is_raised_when_the_workers_have_gone(session, size, bad, kind, n):
    """When handle raises, the exception for the first such item is raised here, and no worker is
    left."""
    session.notice_standstill()

    def outcome(item):
        known = type(item) is int
        return (kind, ERRORS[kind](item)) if known and item in bad else ("return", item)

    desk = Desk(session, [min(bad)], outcome)
    with check.telling(handled=lambda: len(desk.handled), size=size, workers=n):
        placed = session.place(desk, "handle")
        seen = session.drive("fan_out", session.ctx, list(range(size)), placed, n)
        alive = sum(each.alive() for each in desk.callers)
        check.is_a(seen, dict)
        check.that(
            "raised" in seen,
            "handle raised an exception for an item, and fan_out raised none.",
            returned=seen.get("returned"),
        )
        came = [seen.get("raised"), seen.get("args")]
        expected = [kind, ERRORS[kind](min(bad))]
        others = [[kind, ERRORS[kind](each)] for each in bad]
        check.equal(
            came,
            expected,
            "This is not the exception for the first item for which handle raised one.",
            another=came in others,
        )
        check.that(alive == 0, f"It raised while {alive} of its workers still lived.", alive=alive)


def _hung(seen: Seen) -> bool:
    return seen.status is Status.TIMED_OUT


def _all_handled(seen: Seen) -> bool:
    return seen.fact("handled") is not None and seen.fact("handled") == seen.fact("size")


def _one_stop(seen: Seen) -> bool:
    """All the work is done, and several workers were there."""
    if seen.property == "P3":
        return _hung(seen) and seen.inputs.get("n", 1) > 1
    return _hung(seen) and _all_handled(seen) and (seen.fact("workers") or 1) > 1


def _stop_first(seen: Seen) -> bool:
    """There was work, and nobody did any."""
    return _hung(seen) and bool(seen.fact("size")) and seen.fact("handled") == 0


def _large(seen: Seen) -> bool:
    return seen.property == "P3" and _hung(seen) and LARGE in (seen.fact("sizes") or [])


def _fed_first(seen: Seen) -> bool:
    sizes = seen.fact("sizes") or []
    return seen.property == "P3" and _hung(seen) and len(sizes) > 2


def _completion_order(seen: Seen) -> bool:
    if seen.property != "P1" or not isinstance(seen.came, list):
        return False
    expected = seen.expected if isinstance(seen.expected, list) else []
    return Counter(map(repr, seen.came)) == Counter(map(repr, expected)) and seen.came != expected


def _stays_in_worker(seen: Seen) -> bool:
    return seen.property == "P4" and _hung(seen)


MISCONCEPTIONS = [
    Misconception(
        name="one_stop",
        says="A sentinel stops one worker: put one for each.",
        cell="C160",
        wrong="tasks.put(STOP)",
        right="""
for _ in workers:
    tasks.put(STOP)""",
        shows=_one_stop,
    ),
    Misconception(
        name="stop_first",
        says="Sentinels go in after the last item: who takes one takes nothing more.",
        cell="C151",
        wrong="""
for _ in workers:
    tasks.put(STOP)
for task in enumerate(items):
    tasks.put(task)""",
        right="""
for task in enumerate(items):
    tasks.put(task)
for _ in workers:
    tasks.put(STOP)""",
        shows=_stop_first,
    ),
    Misconception(
        name="join_then_read",
        says="Read the results before joining: a worker does not end before its results are out.",
        cell="C154",
        wrong="""
for worker in workers:
    worker.join()
answers = [results.get() for _ in items]""",
        right="""
answers = [results.get() for _ in items]
for worker in workers:
    worker.join()""",
        shows=_large,
    ),
    Misconception(
        name="feeds_then_reads",
        says="Two full pipes block each other: read results while you feed items.",
        cell="C154",
        wrong="""
for task in enumerate(items):
    tasks.put(task)
answers = [results.get() for _ in items]""",
        right="""
for task in todo:
    tasks.put(task)
    if on_their_way == most:
        answers.append(results.get())""",
        shows=_fed_first,
    ),
    Misconception(
        name="completion_order",
        says="Results come in the order in which they are done: send the position along.",
        cell="C151",
        wrong="return [results.get() for _ in items]",
        right="""
for _ in items:
    number, value = results.get()
    values[number] = value""",
        shows=_completion_order,
    ),
    Misconception(
        name="one_after_another",
        says="Joining inside the start loop runs them one after another.",
        cell="C060",
        wrong="""
for worker in workers:
    worker.start()
    worker.join()""",
        right="""
for worker in workers:
    worker.start()
...
for worker in workers:
    worker.join()""",
        shows=lambda seen: bool(seen.fact("alone")) and seen.fact("met") == 1,
    ),
    Misconception(
        name="first_to_arrive",
        says="The error that comes first is not the error of the first item: wait for those before "
        "it.",
        cell="C151",
        wrong="""
if error is not None:
    failure = failure or error""",
        right="""
if error is not None:
    errors[number] = error
...
raise errors[min(errors)]""",
        shows=lambda seen: seen.property == "P4" and bool(seen.fact("another")),
    ),
    Misconception(
        name="raises_at_once",
        says="An error does not end the other workers: each needs its sentinel and a join.",
        cell="C169",
        wrong="""
if error is not None:
    raise error""",
        right="""
for worker in workers:
    tasks.put(STOP)
for worker in workers:
    worker.join()
raise error""",
        shows=lambda seen: seen.property == "P4" and bool(seen.fact("left") or seen.fact("alive")),
    ),
    Misconception(
        name="error_stays_in_worker",
        says="An exception ends the worker it is raised in and nobody else: catch it there and "
        "send it.",
        cell="C163",
        wrong="results.put((number, handle(item)))",
        right="""
try:
    answer = (number, handle(item), None)
except Exception as error:
    answer = (number, None, error)""",
        shows=_stays_in_worker,
    ),
]
