"""What `stop` must fulfil: the child's bell hangs in the grader, which hears what the child says.

What a child says is held until the call of `stop` waits for something, or is over. So a `stop` that
goes on without waiting meets the child before it could end, every time.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status
from grader.guests import Guest

LONG = 60.0
"""A grace that no test lasts: who waits for all of it is not in time."""
ENOUGH = 2.0
"""A grace for the child that does end on SIGTERM."""
SHORT = 0.1
"""A grace for children that use it up in any case."""
STEP = {"polite": "asked", "deaf": "terminated", "stubborn": "killed"}
# A deaf child that did not manage to end within a short grace is killed.
CODES = {"polite": (0,), "deaf": (-15, -9), "stubborn": (-9,)}
KINDS = st.sampled_from(list(STEP))
WORDS = st.text(st.sampled_from("ab, '\"\\\n$é进程"), max_size=8)


class Bell(Guest):
    """The bell of one child. `events`: ``ready``, ``ask``, and what the child said."""

    def __init__(self, session):
        self.events = []
        self.child = None
        self._lull = session.lull()
        self._waiting = {"wait": [], "wait_until_ready": []}
        self._over = set()
        self.ask = session.place(self._ask, "ask")
        methods = ("ready", "wait", "say", "wait_until_ready")
        self.placed = session.place(self, "bell", methods)

    def visited(self, visit):
        match visit.method:
            case "ready":
                self.child = visit.caller
                self.events.append("ready")
                visit.answer(None)
                self._let_go("wait_until_ready")
            case "say":
                self.events.append(visit.args[0] if visit.args else None)
                self._lull.visited(visit)
            case method if method in self._over:
                visit.answer(None)
            case method:
                self._waiting[method].append(visit)

    def _ask(self):
        self.events.append("ask")
        self._let_go("wait")

    def _let_go(self, method):
        self._over.add(method)
        for visit in self._waiting[method]:
            visit.answer(None)


def stop(session, bell, kind, grace, *args):
    """What the driver saw when `stop` had come back: answer, exitcode, closed."""
    arguments = (session.given(kind), bell.ask, grace, session.ctx, bell.placed, *args)
    check.possible(
        session.system != "win32",
        "Windows has no SIGTERM: there terminate() is kill(), and no child can refuse it.",
    )
    seen = session.drive("stop", *arguments)
    check.is_a(seen, dict)
    return seen


@evidence("value", "attested")
@settings(max_examples=2 * len(STEP))
@example(kind="polite")
@given(kind=KINDS)
def test_p1_it_returns_the_last_step_it_took(session, kind):
    """A polite child is "asked", a deaf one "terminated", a stubborn one "killed"; each is asked
    once, and given its grace after each step."""
    bell = Bell(session)
    seen = stop(session, bell, kind, {"polite": LONG, "deaf": ENOUGH, "stubborn": SHORT}[kind])
    facts = {"kind": kind, "events": bell.events, "exitcode": seen.get("exitcode")}
    says = f"This is not the last step that a {kind} child needs."
    check.equal(seen.get("answer"), STEP[kind], says, **facts)
    asked = bell.events.count("ask")
    check.that(
        asked == 1,
        f"ask() was called {asked} times; once is right.",
        came=asked,
        expected=1,
        **facts,
    )


@evidence("attested", "observed", reason="what a Process object knows is seen only beside it")
@settings(max_examples=2 * len(STEP))
@given(kind=KINDS)
def test_p2_the_child_is_gone_and_its_exit_code_known(session, kind):
    """When it returns, the child is gone, no zombie is left, and `proc.exitcode` is set."""
    bell = Bell(session)
    seen = stop(session, bell, kind, LONG if kind == "polite" else SHORT)
    code = seen.get("exitcode")
    facts = {"kind": kind, "events": bell.events, "exitcode": code}
    check.that(
        seen.get("closed") is False,
        "It closed the Process object: its caller cannot read the exit code any more.",
        **facts,
    )
    check.that(
        code is not None,
        "It came back before proc had seen the end of the child: exitcode was not set.",
        came=code,
        unset=True,
        **facts,
    )
    check.that(
        any(type(code) is int and code == each for each in CODES[kind]),
        f"This is not the exit code of a {kind} child.",
        came=code,
        expected=CODES[kind][0],
        **facts,
    )
    check.that(
        bell.child is not None and not bell.child.alive(),
        "It came back while the child was still alive.",
        alive=True,
        **facts,
    )


@evidence("attested")
@settings(max_examples=3)
@given(words=WORDS)
def test_p3_a_polite_child_meets_no_force(session, words):
    """A polite child gets neither SIGTERM nor SIGKILL, however long it takes: its last words
    arrive."""
    bell = Bell(session)
    seen = stop(session, bell, "polite", LONG, words)
    check.that(
        bell.events[-1:] == [words],
        "The polite child was ended by force: it did not get to its last words.",
        came=bell.events[1:],
        expected=["ask", "I hear you", words],
        kind="polite",
        events=bell.events,
        exitcode=seen.get("exitcode"),
    )


@evidence("value")
@settings(max_examples=5)
@example(code=3, joined=False)
@example(code=-9, joined=True)
@given(code=st.sampled_from([0, 1, 3, -9, -15]), joined=st.booleans())
def test_p4_a_child_that_had_ended_before_was_asked(session, code, joined):
    """For a child that had ended before, with any exit code, the answer is "asked"."""
    bell = Bell(session)
    seen = session.drive("stop_ended", code, joined, bell.ask, LONG, session.ctx)
    check.is_a(seen, dict)
    says = f"The child had ended before, with exit code {code}."
    check.equal(seen.get("answer"), "asked", says, events=bell.events, exitcode=code)


def _events(seen: Seen):
    return seen.fact("events") or []


def _kind(seen: Seen):
    return seen.fact("kind") or seen.inputs.get("kind")


def _forced(seen: Seen) -> bool:
    """A polite child was ended by a signal."""
    if seen.property == "P3":
        return seen.status is Status.WRONG and bool(_events(seen))
    return _kind(seen) == "polite" and seen.fact("exitcode") in (-9, -15)


def _terminate_first(seen: Seen) -> bool:
    """A signal came before the child could hear, or did the work of a step that was not taken."""
    if _kind(seen) == "deaf":
        return seen.came == "asked" and seen.fact("exitcode") == -15
    return _forced(seen) and "I hear you" not in _events(seen)


def _no_wait(seen: Seen) -> bool:
    """The child was on its way out, and met more force."""
    if seen.property == "P4":
        return seen.inputs.get("joined") is False and seen.came in ("terminated", "killed")
    if _kind(seen) == "deaf":
        return "SIGTERM" in _events(seen) and seen.fact("exitcode") == -9
    return _forced(seen) and "ask" in _events(seen)


def _join_truth(seen: Seen) -> bool:
    """It took a further step although the step before had ended the child."""
    if seen.property == "P4":
        return seen.came == "killed" and seen.fact("exitcode") != -9
    end = {"polite": 0, "deaf": -15}.get(_kind(seen))
    further = {"polite": ("terminated", "killed"), "deaf": ("killed",)}.get(_kind(seen), ())
    return end is not None and seen.fact("exitcode") == end and seen.came in further


def _states(seen: Seen) -> set[str]:
    return {each.state for each in seen.fact("left") or []}


def _no_final_join(seen: Seen) -> bool:
    return _states(seen) == {"Z"} or bool(seen.fact("unset") or seen.fact("alive"))


def _never_kills(seen: Seen) -> bool:
    if _kind(seen) != "stubborn":
        return False
    lives = bool(_states(seen)) and "Z" not in _states(seen)
    return lives or seen.status is Status.TIMED_OUT or seen.came == "terminated"


def _by_exit_code(seen: Seen) -> bool:
    answers = {-9: "killed", -15: "terminated"}
    return seen.property == "P4" and seen.came == answers.get(seen.fact("exitcode"), 0)


MISCONCEPTIONS = [
    Misconception(
        name="terminate_first",
        says="terminate() skips finally and buffered data: ask first.",
        cell="C037",
        wrong="""
proc.terminate()
ask()""",
        right="""
ask()
proc.join(grace)
if proc.exitcode is None:
    proc.terminate()""",
        shows=_terminate_first,
    ),
    Misconception(
        name="no_wait",
        says="A process needs a moment to end: is_alive() at once after a request tells nothing.",
        cell="C059",
        wrong="""
ask()
if proc.is_alive():
    proc.terminate()""",
        right="""
ask()
proc.join(grace)
if proc.is_alive():
    proc.terminate()""",
        shows=_no_wait,
    ),
    Misconception(
        name="join_truth",
        says="join() always returns None, ended or not: look at exitcode.",
        cell="C039",
        wrong="if proc.join(grace):",
        right="""
proc.join(grace)
if proc.exitcode is not None:""",
        shows=_join_truth,
    ),
    Misconception(
        name="no_final_join",
        says="terminate() and kill() only request the end: join() afterwards sees it.",
        cell="C059",
        wrong="""
proc.kill()
return "killed" """,
        right="""
proc.kill()
proc.join()
return "killed" """,
        shows=_no_final_join,
    ),
    Misconception(
        name="never_kills",
        says="SIGTERM can be ignored, SIGKILL cannot.",
        cell="C037",
        wrong="""
proc.terminate()
proc.join()""",
        right="""
proc.terminate()
proc.join(grace)
if proc.exitcode is None:
    proc.kill()""",
        shows=_never_kills,
    ),
    Misconception(
        name="by_exit_code",
        says="The exit code tells how a process ended, not what you had to do for it.",
        cell="C043",
        wrong="""
if proc.exitcode == -signal.SIGKILL:
    return "killed" """,
        right="""
proc.kill()
proc.join()
return "killed" """,
        shows=_by_exit_code,
    ),
]
