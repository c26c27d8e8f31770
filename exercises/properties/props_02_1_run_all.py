"""What `run_all` must fulfil: its children come to the grader, and the kernel says who they are."""

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status

NAMES = st.sampled_from(["red", "green", "blue"])
CODES = st.lists(st.tuples(st.integers(0, 255), NAMES), max_size=3)
WORDS = st.text(st.sampled_from("ab, '\"\\\n$é进程"), max_size=6)
CALLS = st.lists(st.tuples(st.lists(WORDS, max_size=3).map(tuple), NAMES), max_size=3)


def run_all(session, target, arglists, names):
    """The exit codes that the submission returns."""
    codes = session.call("run_all", session.ctx, target, arglists, names)
    check.is_a(codes, list)
    return codes


@evidence("attested")
@settings(max_examples=3)
@given(size=st.integers(2, 4))
def test_p1_all_run_at_the_same_time(session, size):
    """All processes are started before any of them is waited for: they can wait for each other."""
    meeting, place = session.meeting(size)
    names = [f"child {number}" for number in range(size)]
    codes = run_all(session, session.given("meet"), [(place,)] * size, names)
    check.that(
        len(meeting.pids) == size,
        f"{len(meeting.pids)} processes came to the meeting point; {size} were to come.",
        came=codes,
        met=len(meeting.pids),
        size=size,
        codes=codes,
    )
    check.equal(codes, [0] * size, "All targets returned: every exit code should be 0.")


@evidence("value", "attested")
@settings(max_examples=4)
@example(ends=[(3, "red"), (0, "red"), (7, "green")])
@given(ends=CODES)
def test_p2_exit_codes_stand_in_the_order_given(session, ends):
    """The exit codes stand in the order of `arglists`, whatever the order in which the processes
    end; a target that raises counts as 1."""
    expected, names = [code for code, _ in ends], [name for _, name in ends]
    # They end in the reverse order, each when the one before is dead.
    arglists = list(zip(session.departure(len(ends)), expected, strict=True))
    codes = run_all(session, session.given("leave"), arglists, names)
    check.equal(codes, expected, "These are not the exit codes in the order given.", names=names)
    failed = run_all(session, session.given("fail"), [("on purpose",)] * len(ends[:1]), names[:1])
    check.equal(failed, [1] * len(ends[:1]), "A target that raises counts as 1.")


@evidence("value", "attested")
@settings(max_examples=4)
@example(calls=[(("one",), "red"), (("two", "three"), "blue"), ((), "green")])
@given(calls=CALLS)
def test_p3_arguments_and_names_arrive(session, calls):
    """Every process gets its own arguments, unchanged, and its own name."""
    reports, report = session.reports()
    arglists, names = [args for args, _ in calls], [name for _, name in calls]
    outcome = session.attempt("run_all", session.ctx, report, arglists, names)
    check.that(
        all(type(word) is str for each in reports.entries for word in each.args),
        "A process passed on something else than the words that it got.",
        came=[list(each.args) for each in reports.entries],
    )
    came = [(each.process, each.args) for each in reports.entries]
    expected = [(name, args) for args, name in calls]
    check.that(
        outcome.error is not None or Counter(came) == Counter(expected),
        "The reports of the processes (name, arguments) are not those expected, in any order.",
        came=sorted(came),
        expected=sorted(expected),
        reports=reports.entries,
    )
    codes = session.value_of(outcome)
    check.equal(codes, [0] * len(calls), "All targets returned: every exit code should be 0.")


@evidence("attested")
@settings(max_examples=2)
@given(size=st.integers(1, 3))
def test_p4_every_target_runs_in_a_process_made_by_ctx(session, size):
    """Every target runs in a process of its own, another one than the caller's, made by `ctx`."""
    reports, report = session.reports()
    names = [f"child {number}" for number in range(size)]
    outcome = session.attempt("run_all", session.ctx, report, [("here",)] * size, names)
    pids = [each.pid for each in reports.entries]
    facts = {"reports": reports.entries, "own": session.worker_pid in pids}
    check.that(
        session.worker_pid not in pids,
        "A target ran in the process that called run_all, not in a child.",
        **facts,
    )
    session.value_of(outcome)
    check.that(
        len(set(pids)) == size,
        f"{size} targets ran in {len(set(pids))} different processes.",
        **facts,
    )
    wrong = {each.method for each in reports.entries} - {session.method, None}
    check.that(
        not wrong,
        f"ctx stands for {session.method}, but a process was made by {', '.join(sorted(wrong))}.",
        methods=wrong,
        **facts,
    )


def _reports(seen: Seen):
    return seen.fact("reports") or []


def _error_says(seen: Seen, text: str) -> bool:
    error = seen.fact("error")
    return error is not None and any(text in str(each) for each in error.args)


def _run_not_start(seen: Seen) -> bool:
    alone = seen.fact("alone") and seen.fact("waiting") == (seen.fact("worker"),)
    own = any(each.pid == seen.fact("worker") for each in _reports(seen))
    return bool(alone or own or _error_says(seen, "can only join a started process"))


def _join_in_loop(seen: Seen) -> bool:
    waiting = seen.fact("waiting") or ()
    return bool(seen.fact("alone")) and len(waiting) == 1 and waiting[0] != seen.fact("worker")


def _bare_string(seen: Seen) -> bool:
    if seen.property != "P3":
        return _error_says(seen, "object is not iterable") or _error_says(seen, "after * must be")
    single = [
        args for args, _ in seen.inputs.get("calls", []) if len(args) == 1 and len(args[0]) != 1
    ]
    came = [each.args for each in _reports(seen)]
    return any(tuple(args[0]) in came for args in single)


def _positional(seen: Seen) -> bool:
    if seen.property == "P1":
        return seen.fact("met") == 0 and seen.fact("codes") == [1] * seen.fact("size")
    if seen.property == "P3":
        had_some = any(args for args, _ in seen.inputs.get("calls", []))
        return had_some and bool(_reports(seen)) and not any(each.args for each in _reports(seen))
    if seen.property == "P2" and _all_ones(seen):
        return True
    return _error_says(seen, "dictionary update sequence")


def _all_ones(seen: Seen) -> bool:
    return isinstance(seen.came, list) and bool(seen.came) and seen.came == [1] * len(seen.came)


def _keyed_by_name(seen: Seen) -> bool:
    if seen.property != "P2":
        return False
    names = [name for _, name in seen.inputs.get("ends", [])]
    last = {name: code for code, name in seen.inputs.get("ends", [])}
    if seen.fact("left"):
        return len(set(names)) < len(names)
    return seen.came == [last[name] for name in names]


def _completion_order(seen: Seen) -> bool:
    if seen.property != "P2" or not isinstance(seen.expected, list):
        return False
    came = seen.came if isinstance(seen.came, list) else []
    return Counter(map(repr, came)) == Counter(map(repr, seen.expected))


def _named_too_late(seen: Seen) -> bool:
    if seen.property != "P3" or seen.status is not Status.WRONG:
        return False
    arguments_right = Counter(each.args for each in _reports(seen)) == Counter(
        args for args, _ in seen.inputs.get("calls", [])
    )
    return arguments_right and any("Process-" in each.process for each in _reports(seen))


MISCONCEPTIONS = [
    Misconception(
        name="run_not_start",
        says="p.run() calls the function right here; only start() makes a process.",
        cell="C036",
        wrong="child.run()",
        right="child.start()",
        shows=_run_not_start,
    ),
    Misconception(
        name="join_in_loop",
        says="Joining inside the start loop runs them one after another.",
        cell="C060",
        wrong="""
for child in children:
    child.start()
    child.join()""",
        right="""
for child in children:
    child.start()
for child in children:
    child.join()""",
        shows=_join_in_loop,
    ),
    Misconception(
        name="bare_string",
        says="args=(x) is not a tuple: write args=(x,).",
        cell="C032",
        wrong="args=(word)",
        right="args=(word,)",
        shows=_bare_string,
    ),
    Misconception(
        name="positional",
        says="Third position is name: Process(None, f, args) names the child; use keywords.",
        cell="C029",
        wrong="ctx.Process(None, target, args)",
        right="ctx.Process(target=target, args=args)",
        shows=_positional,
    ),
    Misconception(
        name="join_result",
        says="join() always returns None: when it is back, read exitcode.",
        cell="C039",
        wrong="codes = [child.join() for child in children]",
        right="""
for child in children:
    child.join()
codes = [child.exitcode for child in children]""",
        shows=lambda seen: isinstance(seen.came, list) and None in seen.came,
    ),
    Misconception(
        name="keyed_by_name",
        says="A name is a label, not a key: of children with the same name a dictionary keeps only "
        "the last.",
        cell="C034",
        wrong="children[name] = child",
        right="children.append(child)",
        shows=_keyed_by_name,
    ),
    Misconception(
        name="completion_order",
        says="Children end in any order: keep each exit code at the place of its child.",
        cell="C058",
        wrong="codes = [answers.get() for _ in children]",
        right="""
for child in children:
    child.join()
    codes.append(child.exitcode)""",
        shows=_completion_order,
    ),
    Misconception(
        name="not_joined",
        says="An answer from a child does not mean that the child has ended: join it.",
        cell="C060",
        wrong="""
codes = [answers.get() for _ in children]
return codes""",
        right="""
codes = [answers.get() for _ in children]
for child in children:
    child.join()
return codes""",
        shows=lambda seen: bool(seen.fact("left")),
    ),
    Misconception(
        name="named_too_late",
        says="The child takes its name along when it starts: a name given after start() stays in "
        "the parent.",
        cell="C041",
        wrong="""
child.start()
child.name = name""",
        right="ctx.Process(..., name=name)",
        shows=_named_too_late,
    ),
    Misconception(
        name="ignores_ctx",
        says="multiprocessing.Process takes the default start method, whatever ctx says: use "
        "ctx.Process.",
        cell="C062",
        wrong="multiprocessing.Process(target=...)",
        right="ctx.Process(target=...)",
        shows=lambda seen: bool(seen.fact("methods")),
    ),
]
