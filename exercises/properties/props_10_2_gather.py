"""What `gather` must fulfil: each child fetches its result from the grader, and puts it.

No child gets its result before the call of `gather` waits for something, or is over: so one that
looks once and goes on meets an empty queue, every time. And a call is ended as one that hangs as
soon as nothing moves any more.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import MISSING, Status
from grader.guests import Guest, Visit

STILL = 3.0
"""Seconds without any movement after which a call hangs; the task asks for one."""
LONG = 300_000
"""Characters that no pipe holds."""
SMALL = st.sampled_from([1, 20])
SIZES = st.sampled_from([1, 70_000, LONG])
NOTHINGS = st.sampled_from([None, [], 0, "", False, {}, ()])
CODES = st.sampled_from([0, 1, 3, 255])
ENDS = st.sampled_from([0, 1, 3, -9])
TASKS = st.one_of(
    st.tuples(st.just("reverse_order"), st.lists(SMALL, min_size=1, max_size=6)),
    st.tuples(st.just("big"), st.lists(SIZES, min_size=1, max_size=6)),
)


class Results(Guest):
    """Gives each child its result.

    Args:
        session: places it.
        values: the results, by index.
        dies: the index of a child that gets its result when all others have come, and no value.
        stays: indices of those who never get one.
    """

    def __init__(self, session, values, dies=None, stays=()):
        self.values, self.dies, self.stays = values, dies, stays
        self.callers = []
        self.indices = []
        self._lull = session.lull()
        session.notice_standstill(STILL)
        self._dying = None
        self.placed = session.place(self, "value_of")

    def visited(self, visit):
        index = visit.args[0] if visit.args else None
        if type(index) is not int or not 0 <= index < len(self.values):
            visit.refuse(f"there is no child {index!r}")
            return
        self.callers.append(visit.caller)
        self.indices.append(index)
        if index == self.dies:
            self._dying = visit
        elif index not in self.stays:
            self._let_go(visit, index)
        if self._dying is not None and len(set(self.indices)) == len(self.values):
            visit, self._dying = self._dying, None
            self._let_go(visit, self.dies)

    def _let_go(self, visit, index):
        def answer(_):
            visit.answer(self.values[index])

        waiting = Visit(visit.caller, visit.process, visit.method, visit.args, answer)
        self._lull.visited(waiting)

    def check_children(self, session):
        """Every target ran once, in a process of its own that ctx has made."""
        n, pids = len(self.values), [each.pid for each in self.callers]
        check.that(
            session.worker_pid not in pids,
            "A target ran in the process that called gather, not in a child.",
        )
        check.that(
            sorted(self.indices) == list(range(n)) and len(set(pids)) == n,
            f"{n} targets were to run in {n} processes, each with its own index; the targets "
            f"with indices {self.indices} ran in {len(set(pids))}.",
            came=sorted(self.indices),
            expected=list(range(n)),
            ran=True,
        )
        wrong = {each.method for each in self.callers} - {session.method, None}
        check.that(
            not wrong,
            f"ctx stands for {session.method}, but a process was made by "
            f"{', '.join(sorted(map(str, wrong)))}.",
            methods=wrong,
        )


def texts(sizes):
    """A text of each length, all different."""
    return [(f"{number} " * size)[:size] for number, size in enumerate(sizes)]


def all_results(session, results, target, **facts):
    """`gather` returns the result of every child, by index."""
    outcome = session.attempt("gather", session.ctx, target, len(results.values))
    error = outcome.error
    check.that(
        error is None or error.type_name != "ChildDied",
        f"It raised ChildDied{error and error.args}, but every child has put its answer.",
        died=error and error.args,
        **facts,
    )
    came = session.value_of(outcome)
    expected = dict(enumerate(results.values))
    check.is_a(came, dict)
    missing = sorted(set(expected) - set(came))
    check.that(
        not missing,
        f"The results of children {', '.join(map(str, missing))} are missing.",
        came=came,
        expected=expected,
        missing=missing,
        **facts,
    )
    check.equal(came, expected, "These are not the results of the children.", **facts)
    results.check_children(session)


@evidence("value", "attested")
@settings(max_examples=2)
@example(task=("reverse_order", [1, 20, 1]))
@example(task=("big", [LONG, 1, LONG]))
@example(task=("slow_to_pickle", [20, LONG]))
@given(task=TASKS)
def test_p1_every_result_comes_back_under_its_index(session, task):
    """The results of all children come back by index, long ones too, in whatever order they come
    and however long they take."""
    kind, sizes = task
    results = Results(session, texts(sizes))
    first = ()
    if kind == "reverse_order":
        first = (session.departure(len(sizes)),)
    elif kind == "slow_to_pickle":
        first = (session.place(session.rest(0.2), "wait"),)
    target = session.given(kind, *first, results.placed)
    all_results(session, results, target, kind=kind)


@evidence("value", "attested")
@settings(max_examples=2)
@example(size=3, at=1, code=3, stay=[True, False, True])
@example(size=1, at=0, code=0, stay=[False])
@given(
    size=st.integers(1, 4),
    at=st.integers(0, 3),
    code=ENDS,
    stay=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_p2_a_dead_child_is_noticed_and_the_others_are_ended(session, size, at, code, stay):
    """A child that ends before it has put anything raises ChildDied with its index and exit code,
    within a second; all others, though they are still at work, are gone by then."""
    check.possible(code >= 0 or session.system != "win32", "Windows ends no process by a signal.")
    at %= size
    stays = [index for index in range(size) if index != at and stay[index]]
    results = Results(session, texts([20] * size), dies=at, stays=stays)
    target = session.given("dies_at", at, code, results.placed)
    outcome = session.attempt("gather", session.ctx, target, size)
    facts = {"at": at, "code": code, "stays": stays}
    if outcome.error is None:
        check.that(
            False,
            f"Child {at} ended with {code} and without an answer, and ChildDied was not raised.",
            came=outcome.value,
            returned=True,
            **facts,
        )
    if outcome.error.type_name != "ChildDied":
        session.value_of(outcome)
    check.equal(
        outcome.error.args,
        (at, code),
        "ChildDied came with another index or exit code than those of the child that died.",
        **facts,
    )
    alive = [each.pid for each in results.callers if each.alive()]
    check.that(
        not alive, f"ChildDied was raised, and {len(alive)} children were alive.", alive=alive
    )


@evidence("value", "attested")
@settings(max_examples=1)
@example(answers=[(None, 0), ([], 3)])
@example(answers=[("late", 1)])
@given(answers=st.lists(st.tuples(NOTHINGS, CODES), min_size=1, max_size=4))
def test_p3_an_answer_is_an_answer(session, answers):
    """None, [] or 0 is an answer too, and so is that of a child which ends with another exit code
    than 0 after it."""
    results = Results(session, [value for value, _ in answers])
    codes = [code for _, code in answers]
    target = session.given("exits_with", codes, results.placed)
    all_results(session, results, target, codes=codes)


def _hangs(seen: Seen) -> bool:
    return seen.status is Status.TIMED_OUT


def _kind(seen: Seen) -> str:
    task = seen.inputs.get("task")
    return str(task[0]) if isinstance(task, (tuple, list)) and task else ""


def _join_first(seen: Seen) -> bool:
    """It hangs on long results only."""
    return seen.property == "P1" and _hangs(seen) and _kind(seen) in ("big", "slow_to_pickle")


def _until_empty(seen: Seen) -> bool:
    return bool(seen.fact("missing")) and isinstance(seen.came, dict)


def _counts_only(seen: Seen) -> bool:
    return seen.property == "P2" and _hangs(seen)


def _no_feeder_join(seen: Seen) -> bool:
    """What a child had put when it ended is lost: its exit code says that all went well."""
    if seen.property != "P1":
        return False
    _, code = _died(seen)
    return code == 0 or _hangs(seen) or bool(seen.fact("missing"))


def _arrival_order(seen: Seen) -> bool:
    if not isinstance(seen.came, dict) or not isinstance(seen.expected, dict):
        return False
    came, expected = list(seen.came.values()), list(seen.expected.values())
    return seen.came != seen.expected and sorted(map(repr, came)) == sorted(map(repr, expected))


def _died(seen: Seen):
    """Index and exit code of a ChildDied that should not have come."""
    died = seen.fact("died")
    right = isinstance(died, tuple) and len(died) == 2
    return died if right and all(type(each) is int for each in died) else (None, None)


def _none_is_missing(seen: Seen) -> bool:
    answers = seen.inputs.get("answers", [])
    if seen.property != "P3":
        return False
    index, _ = _died(seen)
    named = index is not None and 0 <= index < len(answers) and not answers[index][0]
    return named or (_hangs(seen) and not all(value for value, _ in answers))


def _code_counts(seen: Seen) -> bool:
    _, code = _died(seen)
    return seen.property == "P3" and code not in (None, 0)


def _leaves_others(seen: Seen) -> bool:
    if seen.property != "P2":
        return False
    return bool(seen.fact("left") or seen.fact("alive")) or (
        _hangs(seen) and seen.came is MISSING and bool(seen.inputs.get("stay"))
    )


MISCONCEPTIONS = [
    Misconception(
        name="join_first",
        says="A child does not end before its data is out: get first, join after.",
        cell="C154",
        wrong="""
for child in children:
    child.join()
results = dict(q.get() for _ in children)""",
        right="""
results = dict(q.get() for _ in children)
for child in children:
    child.join()""",
        shows=_join_first,
    ),
    Misconception(
        name="until_empty",
        says="empty() means nothing yet, not nothing more: count the answers.",
        cell="C147",
        wrong="while not q.empty():",
        right="while len(results) < n:",
        shows=_until_empty,
    ),
    Misconception(
        name="arrival_order",
        says="Answers come in any order: take the index that comes with each.",
        cell="C138",
        wrong="""
for index in range(n):
    _, results[index] = q.get()""",
        right="""
for _ in range(n):
    index, result = q.get()
    results[index] = result""",
        shows=_arrival_order,
    ),
    Misconception(
        name="no_feeder_join",
        says="cancel_join_thread() throws away what the feeder thread has not yet written.",
        cell="C152",
        wrong="""
q.cancel_join_thread()
target(q, i)""",
        right="target(q, i)",
        shows=_no_feeder_join,
    ),
    Misconception(
        name="counts_only",
        says="A dead child never answers: look at the children, too, while you wait.",
        cell="C138",
        wrong="index, result = q.get()",
        right="""
try:
    index, result = q.get(timeout=0.1)
except queue.Empty:
    ...  # who has ended without an answer?""",
        shows=_counts_only,
    ),
    Misconception(
        name="leaves_others",
        says="An exception ends your function, not the children: end and join them before.",
        cell="C154",
        wrong="raise ChildDied(index, child.exitcode)",
        right="""
for each in children:
    each.terminate()
for each in children:
    each.join()
raise ChildDied(index, child.exitcode)""",
        shows=_leaves_others,
    ),
    Misconception(
        name="none_is_missing",
        says="None is an answer: ask whether the index is there, not what stands under it.",
        cell="C155",
        wrong="if results.get(index) is None:",
        right="if index not in results:",
        shows=_none_is_missing,
    ),
    Misconception(
        name="code_counts",
        says="Who has answered has done its work: its exit code does not take the answer back.",
        cell="C155",
        wrong="""
if child.exitcode != 0:
    raise ChildDied(index, child.exitcode)""",
        right="""
if index not in results:
    raise ChildDied(index, child.exitcode)""",
        shows=_code_counts,
    ),
]
