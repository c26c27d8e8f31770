"""What `call_in_child` must fulfil: its function lives in the grader, which sees who calls it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status
from grader.guests import Guest

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.sampled_from("ab '\"\\\n$é进程"), max_size=6)
    | st.binary(max_size=4)
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.lists(PLAIN, max_size=3).map(tuple)
VALUES |= st.dictionaries(st.text("abc", max_size=2), PLAIN, max_size=2)
ARGUMENTS = st.lists(VALUES, max_size=3).map(tuple)
UNPORTABLE = [
    *(("lambda", 0), ("nested function", 0), ("lock", 1), ("generator", 2), ("open file", 1)),
    *(("lambda", 2), ("nested function", 1)),
]
"""What cannot be pickled, and its place: 0 is the function, 1 the first argument."""
TEXTS = st.text(st.sampled_from("ab :'\"\n$é进程"), min_size=1, max_size=8)
RAISES = ["boom", "peculiar"]
NO_RESULT = ["returns a lambda", "returns a lock", "sys.exit", "os._exit", "killed"]


class Function(Guest):
    """A function that answers with what was drawn; `calls` keeps who called it, and with what."""

    def __init__(self, result):
        self.result = result
        self.calls = []

    def visited(self, visit):
        self.calls.append(visit)
        visit.answer(self.result)


@evidence("value", "attested")
@settings(max_examples=2)
@example(args=(2, "two"), result={"two": (2,)})
@example(args=(), result="no space left")
@example(args=(), result=None)
@example(args=(0,), result=(False, "no space left"))
@given(args=ARGUMENTS, result=VALUES)
def test_p1_the_result_comes_from_a_child(session, args, result):
    """It returns what fn(*args) returns, whatever that is; fn gets its arguments unchanged, and
    runs once, in a child process made by ctx."""
    function = Function(result)
    outcome = session.attempt("call_in_child", session.ctx, session.place(function, "fn"), *args)
    pids = [each.caller.pid for each in function.calls]
    facts = {"pids": pids, "own": session.worker_pid in pids}
    check.that(
        session.worker_pid not in pids,
        "fn ran in the process that called call_in_child, not in a child.",
        **facts,
    )
    check.equal(session.value_of(outcome), result, "This is not what fn returned.", **facts)
    check.that(len(pids) == 1, f"fn ran {len(pids)} times.", came=len(pids), expected=1, **facts)
    call = function.calls[0]
    check.equal(tuple(call.args), args, "These are not the arguments that fn should get.")
    check.that(
        call.caller.method in (None, session.method),
        f"ctx stands for {session.method}, but the child was made by {call.caller.method}.",
        came=call.caller.method,
        expected=session.method,
    )


@evidence("value", "observed", reason="that nothing was started is seen only beside the caller")
@settings(max_examples=2 * len(UNPORTABLE))
@example(thing=UNPORTABLE[0])
@given(thing=st.sampled_from(UNPORTABLE))
def test_p2_what_cannot_travel_is_refused_first(session, thing):
    """A function or an argument that cannot be pickled raises NotPortable with its name, under
    every start method, and before a process is started."""
    kind, at = thing
    function = Function(None)
    call = [session.place(function, "fn"), "one", 2]
    seen = session.drive("call_with_unportable", session.ctx, kind, at, *call)
    check.is_a(seen, dict)
    started, ran = seen.get("started"), len(function.calls)
    facts = {"kind": kind, "started": started, "ran": ran}
    place = f"argument {at}" if at else "fn"
    check.that(
        "not_portable" in seen,
        f"{place} is a {kind}, which cannot be pickled, and NotPortable was not raised.",
        came=_short(seen),
        **facts,
    )
    check.that(
        type(started) is int and started == 0 and ran == 0,
        f"NotPortable came after a process had been started: {place} is a {kind}.",
        came=started,
        expected=0,
        **facts,
    )
    text, names = seen["not_portable"], seen.get("names")
    check.is_a(text, str)
    check.is_a(names, list[str])
    check.that(
        any(name and name in text for name in names),
        f"The text of NotPortable does not name the {kind} that is {place}.",
        came=text,
        expected=" or ".join(filter(None, names)),
        **facts,
    )


def _short(seen):
    """The outcome, without what the driver knows besides."""
    return {key: seen[key] for key in ("returned", "child_failed") if key in seen}


@evidence("value")
@settings(max_examples=2)
@example(kind="boom", text="no space left")
@example(kind="peculiar", text="no space left")
@example(kind="returns a lambda", text="")
@example(kind="sys.exit", text="")
@example(kind="os._exit", text="")
@given(kind=st.sampled_from(RAISES + NO_RESULT), text=TEXTS)
def test_p3_a_child_without_a_result_is_noticed(session, kind, text):
    """A function that raises becomes ChildFailed with the original text; a result that cannot be
    pickled, and a child that ends without an answer, become ChildFailed too."""
    seen = session.drive("call_in_child", session.ctx, kind, text)
    check.is_a(seen, dict)
    what = f"raises an exception ({kind})" if kind in RAISES else f"gives no result ({kind})"
    check.that(
        "child_failed" in seen,
        f"fn {what}, and ChildFailed was not raised.",
        came=seen,
        kind=kind,
    )
    came = seen["child_failed"]
    check.is_a(came, str)
    check.that(
        kind not in RAISES or text in came,
        "The text of ChildFailed does not contain that of the exception.",
        came=came,
        expected=text,
        kind=kind,
    )


def _trusts_start(seen: Seen) -> bool:
    return seen.property == "P2" and bool(seen.fact("started"))


def _one_error_type(seen: Seen) -> bool:
    kinds = ("PicklingError", "AttributeError", "TypeError")
    return seen.property == "P2" and seen.status is Status.RAISED and seen.error_type() in kinds


def _waits_forever(seen: Seen) -> bool:
    return seen.property == "P3" and seen.status is Status.TIMED_OUT


def _answer_in_global(seen: Seen) -> bool:
    """fn ran in a child, and nothing came back."""
    if seen.property != "P1" or seen.status is not Status.WRONG or seen.expected is None:
        return False
    return bool(seen.fact("pids")) and not seen.fact("own") and seen.came is None


def _sends_exception(seen: Seen) -> bool:
    """Receiving the answer failed; then the child was not joined either."""
    failed = seen.status in (Status.RAISED, Status.LEFT_BEHIND)
    return seen.property == "P3" and seen.inputs.get("kind") == "peculiar" and failed


MISCONCEPTIONS = [
    Misconception(
        name="trusts_start",
        says="fork never pickles, so start() does not complain there: test with pickle.dumps "
        "yourself.",
        cell="C031",
        wrong="""
try:
    child.start()
except Exception as error:
    raise NotPortable(...)""",
        right="""
try:
    pickle.dumps(fn)
except Exception as error:
    raise NotPortable(...)""",
        shows=_trusts_start,
    ),
    Misconception(
        name="one_error_type",
        says="Pickling fails with PicklingError, AttributeError or TypeError, depending on the "
        "object.",
        cell="C031",
        wrong="except pickle.PicklingError:",
        right="except Exception:",
        shows=_one_error_type,
    ),
    Misconception(
        name="waits_forever",
        says="A child that raised sends nothing: close your own write end, and treat end-of-file "
        "as an answer.",
        cell="C006",
        wrong="""
child.start()
answer = reader.recv()""",
        right="""
child.start()
writer.close()
try:
    answer = reader.recv()
except EOFError:
    ...""",
        shows=_waits_forever,
    ),
    Misconception(
        name="answer_in_global",
        says="What a child assigns stays in the child: let it send the result.",
        cell="C006",
        wrong="""
def work(fn, args):
    global answer
    answer = fn(*args)""",
        right="""
def work(writer, fn, args):
    writer.send(fn(*args))""",
        shows=_answer_in_global,
    ),
    Misconception(
        name="sends_exception",
        says="An exception travels by pickle like any other object, and not every one arrives: "
        "send its text.",
        cell="C031",
        wrong="""
except Exception as error:
    writer.send(error)""",
        right="""
except Exception as error:
    writer.send((False, str(error)))""",
        shows=_sends_exception,
    ),
]
