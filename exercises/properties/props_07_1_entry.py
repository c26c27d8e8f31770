"""What `entry` must fulfil: freeze, parse and run live in the grader, which hears them called."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import MISSING, Status
from grader.guests import Guest

CHILDS = ["tool.exe", "--multiprocessing-fork", "parent_pid=4711", "pipe_handle=332"]
"""A command line as a packaged child has it."""
WORDS = st.sampled_from(["", "-h", "--fast", "--multiprocessing-fork", "两 words", "a=1"])
COMMAND_LINES = st.lists(WORDS, max_size=3).map(lambda words: ["tool.exe", *words])
PLAIN = st.none() | st.booleans() | st.integers(-3, 300) | WORDS
PARSED = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(WORDS, PLAIN, max_size=2)
EXIT_CODES = st.integers(0, 255) | st.none() | st.just("could not unpack")
DEFAULTS = st.sampled_from([None, "spawn", "fork", "forkserver"])


class Doubles:
    """Doubles of freeze, parse and run. `calls`: the name and the arguments of each call."""

    def __init__(self, session, parsed=None, code=0):
        self.calls = []
        self.freeze, self.parse, self.run = (
            session.place(_Double(name, answer, self.calls), name)
            for name, answer in (("freeze", None), ("parse", parsed), ("run", code))
        )

    @property
    def names(self):
        return [name for name, _ in self.calls]


class _Double(Guest):
    def __init__(self, name, answer, calls):
        self._name, self._answer, self._calls = name, answer, calls

    def visited(self, visit):
        self._calls.append((self._name, visit.args))
        visit.answer(self._answer)


@evidence("value", "attested")
@settings(max_examples=10)
@example(argv=["tool.exe", "--fast"], parsed="fast", code=7)
@example(argv=CHILDS, parsed=None, code=0)
@given(argv=COMMAND_LINES, parsed=PARSED, code=st.integers(-3, 300))
def test_p1_freeze_then_parse_then_run(session, argv, parsed, code):
    """freeze, parse and run are called once each, in this order and with what they take; the code
    that run returns comes back."""
    doubles = Doubles(session, parsed, code)
    outcome = session.attempt("entry", argv, doubles.freeze, doubles.parse, doubles.run)
    names, facts = doubles.names, {"calls": doubles.calls}
    came = check_order(session, outcome, names, facts)
    arguments = dict(doubles.calls)
    check.equal(arguments["freeze"], [], "freeze() takes no arguments.", **facts)
    check.equal(arguments["parse"], [argv], "parse did not get argv as entry had got it.", **facts)
    check.that(len(arguments["run"]) == 2, "run takes two arguments.", came=arguments["run"])
    says = "The first argument of run is not what parse had returned."
    check.equal(arguments["run"][0], parsed, says, **facts)
    check.equal(came, code, "This is not the code that run returned.", **facts)


def check_order(session, outcome, names, facts):
    """The value that came back; fails unless the calls are the right ones in the right order."""
    expected = ["freeze", "parse", "run"]
    # An exception says more than calls that were not made because of it.
    broken_off = outcome.error is not None and names == expected[: len(names)]
    check.that(
        names == expected or broken_off,
        "freeze, parse and run were not called once each, in this order."
        if names
        else "Nothing was called.",
        came=names,
        expected=expected,
        names=names,
        **facts,
    )
    value = session.value_of(outcome)
    check.that(names == expected, "It came back too early.", came=names, expected=expected)
    return value


@evidence("value", "attested")
@settings(max_examples=5)
@example(code=3)
@example(code=0)
@given(code=EXIT_CODES)
def test_p2_a_packaged_child_ends_there(session, code):
    """When freeze() raises SystemExit, it passes unchanged, and neither parse nor run is called."""
    doubles = Doubles(session, code=5)
    freeze = session.given("freeze_in_child", doubles.freeze, code)
    outcome = session.attempt("entry", CHILDS, freeze, doubles.parse, doubles.run)
    error, names = outcome.error, doubles.names
    facts = {"calls": doubles.calls, "names": names, "error": error}
    went_on = [name for name in names if name != "freeze"]
    check.that(
        not went_on,
        f"This was a packaged child, and the program went on to call {' and '.join(went_on)}.",
        came=names,
        expected=["freeze"],
        **facts,
    )
    if error is None:
        says = "freeze() raised SystemExit, and entry returned, as if nothing had happened."
        check.that(False, says, came=outcome.value, swallowed=True, **facts)
    if error.type_name != "SystemExit":
        session.value_of(outcome)
    check.equal(
        error.args,
        (code,),
        "SystemExit came with another code than freeze() had given it.",
        **facts,
    )
    check.equal(names, ["freeze"], "freeze() is called once.", **facts)


@evidence(
    "observed",
    reason="the default start method of a process, and what a context is, are seen only there",
)
@settings(max_examples=4)
@example(default="fork")
@example(default=None)
@given(default=DEFAULTS)
def test_p3_spawn_without_touching_the_default(session, default):
    """run gets a context for spawn, and the default start method stays what it was, chosen or
    not."""
    seen = session.drive("entry", default, ["tool.exe"])
    check.is_a(seen, dict)
    contexts, before, after = seen.get("contexts"), seen.get("before"), seen.get("after")
    facts = {"contexts": contexts, "before": before, "after": after}
    check.equal(contexts, ["spawn"], "run did not get a context for spawn.", **facts)
    for moment, now in (("When run was called", seen.get("during")), ("After entry", [after])):
        check.that(
            now == [before],
            f"{moment} the default start method of the program was another one than before.",
            came=now[0] if isinstance(now, list) and len(now) == 1 else now,
            expected=before,
            changed=True,
            **facts,
        )


def _names(seen: Seen) -> list[str]:
    names = seen.fact("names")
    return names if isinstance(names, list) else []


def _parse_first(seen: Seen) -> bool:
    """parse was called, and freeze not before it; but freeze was not left out."""
    names = _names(seen)
    if "parse" not in names or "freeze" not in names:
        return False
    return names.index("parse") < names.index("freeze")


def _swallow_exit(seen: Seen) -> bool:
    """freeze ended the child, and the program went on."""
    if seen.property != "P2" or seen.status is not Status.WRONG:
        return False
    return bool(seen.fact("swallowed")) or _names(seen)[:2] in (
        ["freeze", "parse"],
        ["freeze", "run"],
    )


def _windows_only(seen: Seen) -> bool:
    return seen.property in ("P1", "P2") and bool(_names(seen)) and "freeze" not in _names(seen)


def _drops_program(seen: Seen) -> bool:
    """parse got the command line without its first word."""
    argv = seen.inputs.get("argv")
    if seen.property != "P1" or not isinstance(argv, list) or seen.expected != [argv]:
        return False
    return seen.came is not MISSING and seen.came == [argv[1:]]


def _set_start_method(seen: Seen) -> bool:
    """The default became spawn, or could not, because it had been chosen before."""
    error = seen.fact("error")
    if error is not None and error.type_name == "RuntimeError":
        return any("context has already been set" in str(each) for each in error.args)
    return bool(seen.fact("changed")) and seen.came == "spawn"


def _default_context(seen: Seen) -> bool:
    """run got a context for the default, whatever that was."""
    contexts = seen.fact("contexts")
    known = ("fork", "forkserver")
    return isinstance(contexts, list) and len(contexts) == 1 and contexts[0] in known


MISCONCEPTIONS = [
    Misconception(
        name="parse_first",
        says="The child's command line is not yours: freeze_support() comes before parsing.",
        cell="C105",
        wrong="""
parsed = parse(argv)
freeze()""",
        right="""
freeze()
parsed = parse(argv)""",
        shows=_parse_first,
    ),
    Misconception(
        name="swallow_exit",
        says="SystemExit is how the packaged child ends: do not catch it.",
        cell="C102",
        wrong="""
try:
    freeze()
except SystemExit:
    pass""",
        right="freeze()",
        shows=_swallow_exit,
    ),
    Misconception(
        name="windows_only",
        says="It matters for spawn on any system, not on Windows alone: call it always, it finds "
        "out by itself.",
        cell="C099",
        wrong="""
if sys.platform == "win32":
    freeze()""",
        right="freeze()",
        shows=_windows_only,
    ),
    Misconception(
        name="drops_program",
        says="Who parses decides what to skip: pass argv on as it came.",
        cell="C105",
        wrong="parse(argv[1:])",
        right="parse(argv)",
        shows=_drops_program,
    ),
    Misconception(
        name="set_start_method",
        says="The default start method can be set only once, and some versions set it in "
        "freeze_support(): use get_context.",
        cell="C108",
        wrong="""
multiprocessing.set_start_method("spawn")
run(parsed, multiprocessing.get_context())""",
        right='run(parsed, multiprocessing.get_context("spawn"))',
        shows=_set_start_method,
    ),
    Misconception(
        name="default_context",
        says="get_context() without a name stands for the default, which is not spawn everywhere.",
        cell="C110",
        wrong="multiprocessing.get_context()",
        right='multiprocessing.get_context("spawn")',
        shows=_default_context,
    ),
]
