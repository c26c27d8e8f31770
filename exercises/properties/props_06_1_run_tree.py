"""What `run_tree` must fulfil: real families, each of whose members the grader knows by the kernel.

A member says that it is there when it has written. So what must come back is certain, however slow
the machine: if its time was up before all had come, a family is tried again with more time.
"""

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status
from grader.guests import Lifeline

GENEROUS = 60.0
"""A limit that no test lasts."""
LIMITS = (0.3, 1.5, 6.0)
"""Seconds for a family that never ends; the next one if not all its members were there by then."""
ROOM = 3.0
"""Seconds after the limit in which the task wants an answer."""
SPARE = 3.0
"""Seconds that a busy machine may add to them."""
GONE = 5.0
"""Seconds in which a process that was killed is gone; only a failure waits for them."""
PIPE = 65_536
"""Bytes that a pipe holds."""
GENERATIONS = ("program", "child", "grandchild")
MEMBERS = {
    "stays": GENERATIONS,
    "stubborn": GENERATIONS,
    "orphans": GENERATIONS,
    "mute": ("program",),
}
KINDS = st.sampled_from(list(MEMBERS))
SIZES = st.integers(0, 1_000)


class Family(Lifeline):
    """Knows the members that are there; `names` in order of their coming."""

    def __init__(self, session, says, after):
        super().__init__()
        self.names = []
        self.last = time.monotonic()
        self.placed = session.place(self, "family")
        self.still = session.standstill(says, after=after, facts=lambda: {"living": self.alive()})

    def visited(self, visit):
        self.names.append(visit.args[0] if visit.args else None)
        self.last = time.monotonic()
        self.still.begin()  # the limit may have begun long before, on a slow machine
        super().visited(visit)

    def alive(self):
        """Names of the members that live."""
        pairs = zip(self.names, self.callers, strict=False)
        return [name for name, caller in pairs if caller.alive()]


def written(names, size):
    """What these members write."""
    filler = (bytes(range(256)) * (size // 256 + 1))[:size]
    return b"".join(name.encode() + b"\n" + filler for name in names)


def run_tree(session, family, kind, size, limit):
    """What `run_tree` returns for a family, and when it was called and came back."""
    check.possible(session.system != "win32", "Windows has no process groups to be ended.")
    pause = session.place(session.lull(), "pause")
    numbers = family.placed.number, pause.number
    called = time.monotonic()
    answer = session.drive("run_tree", kind, size, *numbers, limit)
    back = time.monotonic()
    family.still.close()
    check.is_a(answer, tuple[bytes, bool])
    return answer, called, back


def out_of_time(session, kind, size):
    """A family that never ends: itself, its limit, and as `run_tree`."""
    for limit in LIMITS:
        family = Family(
            session,
            f"It had not come back {ROOM:g} seconds after its limit, and nothing moved any more.",
            limit + ROOM,
        )
        answer, called, back = run_tree(session, family, kind, size, limit)
        if len(family.names) == len(MEMBERS[kind]):
            break
    check.that(
        tuple(family.names) == MEMBERS[kind],
        f"In {limit:g} seconds only {len(family.names)} members of the family came to life; "
        f"{len(MEMBERS[kind])} were to come.",
        alone=True,
    )
    return family, limit, answer, called, back


def all_gone(session, family):
    """Fail if a member lives on."""
    session.wait(lambda: not family.alive(), GONE)
    living = family.alive()
    check.that(
        not living,
        f"It came back, but of the family there still lived: {', '.join(map(str, living))}.",
        living=living,
        alone=True,
    )


@evidence("value", "attested")
@settings(max_examples=3)
@example(kind="ends", size=150_000)
@example(kind="leaves", size=10)
@given(kind=st.sampled_from(["ends", "leaves"]), size=st.integers(0, 150_000))
def test_p1_in_time_the_output_is_whole(session, kind, size):
    """In time: all that the program and its child wrote, and False. A child that still runs then,
    without holding the output, is ended too."""
    says = "Nothing moved any more: the family waited for its output to be read, or your call for "
    family = Family(session, says + "something that will not happen.", 0.0)
    (output, late), _, _ = run_tree(session, family, kind, size, GENEROUS)
    expected = written(("program", "child"), size)
    check.equal(output, expected, "This is not all that the family wrote.")
    says = "It was in time: the flag should be False."
    check.that(late is False, says, came=late, expected=False)
    all_gone(session, family)


@evidence("value", "attested")
@settings(max_examples=2)
@example(kind="stays", size=0)
@example(kind="stubborn", size=10)
@example(kind="orphans", size=0)
@example(kind="mute", size=0)
@given(kind=KINDS, size=SIZES)
def test_p2_out_of_time_the_whole_family_is_ended(session, kind, size):
    """Out of time, and not before: every member of the family is dead, the flag is True, and what
    they wrote before comes back."""
    family, limit, (output, late), called, back = out_of_time(session, kind, size)
    all_gone(session, family)
    says = f"The limit was {limit:g} s, and time ran out: the flag should be True."
    check.that(late is True, says, came=late, expected=True)
    says = f"It gave up {back - called:.2f} s after its start; the limit was {limit:g} s."
    check.that(back - called >= limit, says)
    says = "This is not what the family had written before its time was up."
    check.equal(output, written(MEMBERS[kind], size), says)


@evidence("attested")
@settings(max_examples=1)
@example(kind="stays", size=0)
@given(kind=st.sampled_from(["stays", "stubborn", "orphans"]), size=SIZES)
def test_p3_it_returns_although_the_pipe_is_held(session, kind, size):
    """It returns within 3 seconds after the limit, although grandchildren hold the pipe."""
    family, limit, _, _, back = out_of_time(session, kind, size)
    took = back - family.last
    says = f"It came back {took:.1f} s after the last member had come; the limit was {limit:g} s."
    check.that(took <= limit + ROOM + SPARE, says, alone=True)


@evidence("attested")
@settings(max_examples=1)
@example(kind="stays", size=0)
@given(kind=KINDS, size=SIZES)
def test_p4_no_zombie_and_the_caller_and_its_group_live(session, kind, size):
    """No zombie is left; the caller, its other child and its group are alive."""
    check.possible(session.system != "win32", "Windows has no process groups to be ended.")
    neighbour, here = session.lifeline("neighbour")
    session.drive("start_neighbour", here.number)
    family, *_ = out_of_time(session, kind, size)
    all_gone(session, family)
    lookout, look = session.lookout()
    session.drive("look", look)
    check.that(bool(lookout.sightings), "Nobody looked at the processes of the caller.")
    zombies = sum(each.state == "Z" for seen in lookout.sightings for each in seen.below)
    alive = bool(neighbour.living())
    says = "Another child of the caller, in the caller's own group, is dead."
    check.that(alive, says, neighbour_dead=True)
    check.that(
        zombies == 0,
        f"All had ended, and {zombies} of the caller's children had not been waited for (zombie).",
        zombies=zombies,
    )
    session.drive("stop_neighbour")


def _living(seen: Seen):
    return seen.fact("living") or []


def _kind(seen: Seen):
    return seen.inputs.get("kind")


def _run_timeout(seen: Seen) -> bool:
    """The program was ended, its children were not, and it came back."""
    left = bool(_living(seen)) and "program" not in _living(seen) and not seen.fact("stuck")
    return left and _kind(seen) in ("stays", "stubborn")


def _kill_then_read(seen: Seen) -> bool:
    """It waits, the program is dead, and its children live."""
    waits = bool(seen.fact("stuck") and _living(seen)) and "program" not in _living(seen)
    return waits and _kind(seen) in ("stays", "stubborn")


def _sigterm_only(seen: Seen) -> bool:
    """Those that ignore SIGTERM, and only those, live on."""
    return _kind(seen) == "stubborn" and "program" in _living(seen)


def _no_reap(seen: Seen) -> bool:
    left = seen.fact("left") or []
    return bool(seen.fact("zombies") or (left and all(each.state == "Z" for each in left)))


def _wait_first(seen: Seen) -> bool:
    large = seen.inputs.get("size", 0) >= PIPE
    return seen.property == "P1" and large and bool(seen.fact("stuck"))


def _only_if_late(seen: Seen) -> bool:
    return seen.property == "P1" and _living(seen) == ["quiet"] and not seen.fact("stuck")


def _own_group(seen: Seen) -> bool:
    killed = seen.status is Status.CRASHED and seen.fact("exitcode") in (-9, -15)
    return killed or bool(seen.fact("neighbour_dead"))


MISCONCEPTIONS = [
    Misconception(
        name="run_timeout",
        says="run(timeout=...) ends the program that it started, and none of its children.",
        cell="C088",
        wrong="subprocess.run(cmd, stdout=subprocess.PIPE, timeout=limit)",
        right="""
program = subprocess.Popen(cmd, stdout=subprocess.PIPE, start_new_session=True)
...
os.killpg(program.pid, signal.SIGKILL)""",
        shows=_run_timeout,
    ),
    Misconception(
        name="kill_then_read",
        says="Grandchildren hold the pipe: end the whole group before you read to the end.",
        cell="C088",
        wrong="""
program.kill()
output, _ = program.communicate()""",
        right="""
os.killpg(program.pid, signal.SIGKILL)
output, _ = program.communicate()""",
        shows=_kill_then_read,
    ),
    Misconception(
        name="own_group",
        says="Without start_new_session the group that you kill is your own.",
        cell="own-group",
        wrong="""
program = subprocess.Popen(cmd, stdout=subprocess.PIPE)
os.killpg(os.getpgid(program.pid), signal.SIGKILL)""",
        right="""
program = subprocess.Popen(cmd, stdout=subprocess.PIPE, start_new_session=True)
os.killpg(program.pid, signal.SIGKILL)""",
        shows=_own_group,
    ),
    Misconception(
        name="no_reap",
        says="A killed child stays a zombie until somebody waits for it.",
        cell="C072",
        wrong="""
except subprocess.TimeoutExpired as error:
    os.killpg(program.pid, signal.SIGKILL)
    return error.output or b"", True""",
        right="""
except subprocess.TimeoutExpired:
    os.killpg(program.pid, signal.SIGKILL)
    output, _ = program.communicate()
    return output, True""",
        shows=_no_reap,
    ),
    Misconception(
        name="wait_first",
        says="wait() before reading stops as soon as the pipe is full: communicate() does both.",
        cell="C096",
        wrong="""
program.wait(timeout=limit)
output = program.stdout.read()""",
        right="output, _ = program.communicate(timeout=limit)",
        shows=_wait_first,
    ),
    Misconception(
        name="only_if_late",
        says="The end of the output is not the end of the family: a child may live without it.",
        cell="group",
        wrong="""
except subprocess.TimeoutExpired:
    os.killpg(program.pid, signal.SIGKILL)""",
        right="""
except subprocess.TimeoutExpired:
    late = True
os.killpg(program.pid, signal.SIGKILL)""",
        shows=_only_if_late,
    ),
    Misconception(
        name="sigterm_only",
        says="SIGTERM can be ignored, SIGKILL cannot.",
        cell="C037",
        wrong="os.killpg(program.pid, signal.SIGTERM)",
        right="os.killpg(program.pid, signal.SIGKILL)",
        shows=_sigterm_only,
    ),
]
