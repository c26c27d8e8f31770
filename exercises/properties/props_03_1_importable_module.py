"""What the module must fulfil: fresh interpreters import it and run it, and its main is called."""

import re

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status

NAME = "ex_03_1_importable_module"
NAMES = (NAME, "__mp_main__", "package.part")
"""Names under which it is always imported: its own, that in a spawned child, and a longer one."""
OTHER = st.lists(st.sampled_from("abcdxyz_"), min_size=1, max_size=8).map("".join)
LINE = str([number * number for number in range(10)])
NUMBERS = st.lists(st.integers(), max_size=12)


@evidence(
    "attested", "observed", reason="what a process prints and has open is asked beside the file"
)
@settings(max_examples=1, phases=[Phase.generate])  # a shorter name would show no more
@given(other=OTHER)
def test_p1_importing_it_does_nothing(session, other):
    """Imported in a fresh interpreter, under any module name, it prints nothing, starts no process
    and no thread, and leaves nothing open."""
    # An import that does nothing is worth nothing while main does not exist. Without a context a
    # main that does exist fails before it starts anything, and how is of no interest here.
    outcome = session.attempt("main", None, [])
    if outcome.error is not None and outcome.error.type_name == "NotImplementedError":
        session.value_of(outcome)
    lookout, look = session.lookout()
    names = [*NAMES, other]
    seen = session.drive("import_as", session.ctx, look.number, names)
    check.is_a(seen, dict)
    came = [_told(each) for each in lookout.sightings]
    printed, code = f"{seen.get('printed')}{seen.get('errors')}", seen.get("code")
    facts = {"import_printed": printed, "children": any(each["processes"] for each in came[1:])}
    for name, before, after in zip(names, came, came[1:], strict=False):
        problems = _what_happened(before, after)
        check.that(not problems, f"Importing it as {name!r} {' and '.join(problems)}.", **facts)
    if code != 0 or [each["name"] for each in came] != ["", *names]:
        last = names[min(max(len(came) - 1, 0), len(names) - 1)]
        words = (printed.strip().splitlines() or ["it printed nothing"])[-1][:200]
        says = f"Importing it as {last!r} ended the interpreter, with exit code {code}: {words}."
        check.that(False, says, **facts)
    says = f"Importing it under {len(names)} names printed something."
    check.that(not printed, says, came=printed, expected="", **facts)


def _told(sighting):
    """One look at the interpreter: what it said itself, and who was below it."""
    check.is_a(sighting.args, tuple[str, list[tuple[int, str]], int, bool])
    name, opened, threads, had_children = sighting.args
    started = had_children or bool(sighting.below)
    return {"name": name, "opened": opened, "threads": threads, "processes": started}


def _what_happened(before, after):
    """Between two looks: parts of a sentence."""
    problems = []
    if after["processes"] and not before["processes"]:
        problems.append("started a process")
    if after["threads"] > before["threads"]:
        problems.append("started a thread")
    kinds = {kind for each, kind in after["opened"] if (each, kind) not in before["opened"]}
    if kinds:
        problems.append(f"left open a {' and a '.join(sorted(kinds))}")
    return problems


@evidence("value")
@settings(max_examples=4)
@given(how=st.sampled_from(["script", "-m"]))
def test_p2_run_as_a_script_it_prints_the_list_once(session, how):
    """Run as a script, and with -m under its name, it prints the list for 0 to 9, exactly once, and
    ends with exit code 0."""
    seen = session.drive("run", session.ctx, how)
    check.is_a(seen, dict)
    printed, code = seen.get("printed"), seen.get("code")
    check.is_a(printed, str)
    command = f"python {NAME}.py" if how == "script" else f"python -m {NAME}"
    facts = {"code": code, "errors": str(seen.get("errors"))}
    check.equal(
        printed.splitlines(),
        [LINE],
        f"{command}: these are not the lines that it should print.",
        **facts,
    )
    check.that(code == 0, f"{command} ended with exit code {code}.", came=code, expected=0, **facts)


@evidence("value", "observed", reason="how many processes are started is seen beside the caller")
@settings(max_examples=2)
@example(numbers=[3, -1, 2])
@example(numbers=[])
@example(numbers=range(4, 5))
@given(numbers=NUMBERS | NUMBERS.map(tuple))
def test_p3_main_squares_in_two_child_processes(session, numbers):
    """main returns the squares in the order of the numbers, and has started two child processes
    with ctx, also for no numbers."""
    seen = session.drive("main", session.ctx, numbers)
    check.is_a(seen, dict)
    came, started = seen.get("returned"), seen.get("started")
    check.is_a(came, list)
    check.equal(came, [each * each for each in numbers], "These are not the squares in order.")
    check.is_a(started, list[str | None])
    check.that(
        len(started) == 2,
        f"It started {len(started)} child processes; two is right.",
        came=len(started),
        expected=2,
        started=len(started),
    )
    check.that(
        set(started) == {session.method},
        f"ctx stands for {session.method}, but a process was made by something else.",
        methods=set(started),
    )


def _words(seen: Seen) -> str:
    """What was printed on the way, and what an exception said."""
    error = seen.fact("error")
    said = [] if error is None else [error.type_name, *map(str, error.args)]
    printed = (seen.fact("errors"), seen.fact("import_printed"), seen.fact("printed"))
    return "\n".join([*said, *(each for each in printed if isinstance(each, str))])


def _unguarded(seen: Seen) -> bool:
    """A script ran while the file was imported, or a child said that this is forbidden."""
    ran = bool(seen.fact("children")) and bool(seen.fact("import_printed"))
    return ran or "bootstrapping phase" in _words(seen)


def _nested_target(seen: Seen) -> bool:
    return bool(re.search(r"Can't (pickle|get) .*(<locals>|<lambda>|local object)", _words(seen)))


def _global_under_guard(seen: Seen) -> bool:
    """A child missed a name; the process that called main did not."""
    error = seen.fact("error")
    return "NameError: name" in _words(seen) and (error is None or error.type_name != "NameError")


def _prints_in_main(seen: Seen) -> bool:
    if seen.property != "P2" or not isinstance(seen.came, list) or len(seen.came) != 2:
        return False
    return seen.came[0] == LINE and seen.came[1] in (LINE, "None")


def _nobody_calls_main(seen: Seen) -> bool:
    return (
        seen.property == "P2"
        and seen.status is Status.WRONG
        and seen.came == []
        and seen.fact("code") == 0
        and not seen.fact("errors")
    )


def _run_not_start(seen: Seen) -> bool:
    return seen.property == "P3" and seen.fact("started") == 0 and bool(seen.inputs.get("numbers"))


MISCONCEPTIONS = [
    Misconception(
        name="unguarded",
        says="Without the guard every spawned child runs your script again.",
        cell="C054",
        wrong="""
child = ctx.Process(...)
child.start()""",
        right="""
def main(ctx, numbers):
    child = ctx.Process(...)
    child.start()""",
        shows=_unguarded,
    ),
    Misconception(
        name="nested_target",
        says="A nested function or a lambda cannot be found by a spawned child.",
        cell="C031",
        wrong="""
def main(ctx, numbers):
    def work(conn, part):
        ...""",
        right="""
def work(conn, part):
    ...

def main(ctx, numbers):""",
        shows=_nested_target,
    ),
    Misconception(
        name="global_under_guard",
        says="What you assign under the guard does not exist in a spawned child: pass it as an "
        "argument.",
        cell="C006",
        wrong="""
if __name__ == "__main__":
    power = 2
    print(main(...))""",
        right="""
child = ctx.Process(
    target=work, args=(writer, part, power)
)""",
        shows=_global_under_guard,
    ),
    Misconception(
        name="prints_in_main",
        says="main returns the list; only what stands under the guard prints it.",
        cell="C056",
        wrong="""
    print(squares)
    return squares""",
        right="""
    return squares

if __name__ == "__main__":
    print(main(...))""",
        shows=_prints_in_main,
    ),
    Misconception(
        name="nobody_calls_main",
        says="main is a name like any other: nobody calls it but the line under your guard.",
        cell="C056",
        wrong="""
def main(ctx, numbers):
    ...""",
        right="""
def main(ctx, numbers):
    ...

if __name__ == "__main__":
    print(main(...))""",
        shows=_nobody_calls_main,
    ),
    Misconception(
        name="run_not_start",
        says="p.run() calls the function right here; only start() makes a process.",
        cell="C036",
        wrong="child.run()",
        right="child.start()",
        shows=_run_not_start,
    ),
]
