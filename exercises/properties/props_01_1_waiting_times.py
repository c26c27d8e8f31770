"""What `waiting_times` must fulfil: the schedule is simulated here, one time unit at a time."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence

JOBS = st.lists(st.integers(1, 100), max_size=12)
FEW_JOBS = st.lists(st.integers(1, 30), max_size=6)
QUANTUM = st.integers(1, 40)


def in_order(jobs, order):
    """Waits by position when the jobs run to their end in this order."""
    waits, now = [0] * len(jobs), 0
    for position in order:
        waits[position] = now
        now += jobs[position]
    return waits


def shortest_first(jobs):
    return in_order(jobs, sorted(range(len(jobs)), key=lambda position: jobs[position]))


def in_turns(jobs, quantum):
    """Waits under round robin."""
    waits, left, line, now = [0] * len(jobs), list(jobs), list(range(len(jobs))), 0
    while line:
        position = line.pop(0)
        turn = min(quantum, left[position])
        now += turn
        left[position] -= turn
        if left[position]:
            line.append(position)
        else:
            waits[position] = now - jobs[position]
    return waits


def ask(session, jobs, policy, quantum=1):
    """The answer of the submission, of the right type and length."""
    waits = session.call("waiting_times", jobs, policy, quantum)
    check.is_a(waits, list[int])
    check.that(
        len(waits) == len(jobs),
        f"It returned {len(waits)} waits for {len(jobs)} jobs.",
        came=waits,
    )
    return waits


@evidence("value")
@settings(max_examples=60)
@given(jobs=JOBS, policy=st.sampled_from(["fcfs", "sjf", "rr"]))
def test_p1_every_job_has_its_wait_at_its_own_place(session, jobs, policy):
    """There is one wait for each job, at the place that the job has in the list."""
    longest = max(jobs, default=1)
    waits = ask(session, jobs, policy, longest)
    expected = shortest_first(jobs) if policy == "sjf" else in_order(jobs, range(len(jobs)))
    check.equal(waits, expected, "The waits are not those of the jobs at the same places.")


@evidence("value")
@settings(max_examples=30)
@given(jobs=FEW_JOBS)
def test_p2_shortest_first_waits_least(session, jobs):
    """Under "sjf" the jobs wait no longer in all than in any other order."""
    waits = ask(session, jobs, "sjf")
    least = min(sum(in_order(jobs, order)) for order in permutations(range(len(jobs))))
    check.that(
        sum(waits) == least,
        f"The jobs wait {sum(waits)} in all; the shortest first, it would be {least}.",
        came=waits,
        expected=shortest_first(jobs),
    )


@evidence("value")
@settings(max_examples=60)
@given(jobs=JOBS, quantum=QUANTUM, long_turns=st.booleans())
def test_p3_round_robin_is_fair(session, jobs, quantum, long_turns):
    """Under "rr" nobody waits for more than one turn of each other job per turn of its own, and
    with turns as long as the longest job the waits are those of "fcfs"."""
    if long_turns:
        quantum = max([quantum, *jobs])
    waits = ask(session, jobs, "rr", quantum)
    if long_turns:
        check.equal(
            waits,
            in_order(jobs, range(len(jobs))),
            "With turns this long nobody is interrupted: the waits should be those of fcfs.",
            quantum=quantum,
        )
    for job, wait in zip(jobs, waits, strict=True):
        turns = -(-job // quantum)
        most = (len(jobs) - 1) * quantum * turns
        check.that(
            wait <= most,
            f"A job of {job} needs {turns} of its own turns and can wait {most} at most, not {wait}.",
            came=waits,
            expected=in_turns(jobs, quantum),
            quantum=quantum,
        )


@evidence("value")
@settings(max_examples=60)
@given(jobs=JOBS, quantum=QUANTUM)
def test_p4_the_processor_never_rests(session, jobs, quantum):
    """Under "rr" a job that ends inside its turn hands over at once: the last one ends when all
    the work is done, and every job ends when the schedule says so."""
    waits = ask(session, jobs, "rr", quantum)
    last_end = max((wait + job for wait, job in zip(waits, jobs, strict=True)), default=0)
    expected = in_turns(jobs, quantum)
    check.that(
        last_end == sum(jobs),
        f"The last job ends at {last_end}, but there is work for {sum(jobs)} units.",
        came=waits,
        expected=expected,
        quantum=quantum,
    )
    check.equal(waits, expected, "Not every job ends when its turns are over.", quantum=quantum)


def _answers(formula):
    """Recognise the answer that a mistaken formula gives for the same jobs."""

    def shows(seen: Seen) -> bool:
        jobs = seen.inputs.get("jobs")
        return bool(jobs) and seen.came == formula(jobs, seen)

    return shows


def _full_turns(jobs, seen, counts_own_rest=False):
    quantum = seen.fact("quantum")
    if quantum is None:
        return None
    turns = [-(-job // quantum) for job in jobs]
    waits = []
    for place, own in enumerate(turns):
        before = sum(min(each, own) for each in turns[:place])
        after = sum(min(each, own - 1) for each in turns[place + 1 :])
        rest = own * quantum - jobs[place] if counts_own_rest else 0
        waits.append(quantum * (before + after) + rest)
    return waits


def _changed_the_list(seen: Seen) -> bool:
    return bool(seen.fact("changed_arguments"))


MISCONCEPTIONS = [
    Misconception(
        name="sorted_order",
        says="Callers match waits by input position, not by order of service.",
        cell="C012",
        wrong="""
for need in sorted(jobs):
    waits.append(now)
    now += need""",
        right="""
for i in sorted(range(len(jobs)), key=lambda i: jobs[i]):
    waits[i] = now
    now += jobs[i]""",
        shows=lambda seen: (
            isinstance(seen.expected, list) and seen.came == sorted(seen.expected) != seen.expected
        ),
    ),
    Misconception(
        name="sorts_caller",
        says="jobs.sort() sorts the list of the caller: sort a copy, or the positions.",
        cell="C012",
        wrong="""
jobs.sort()
for need in jobs:""",
        right="""
order = sorted(range(len(jobs)), key=lambda i: jobs[i])
for i in order:""",
        shows=_changed_the_list,
    ),
    Misconception(
        name="pops_longest",
        says="pop() takes the last entry: of a list in rising order that is the longest job.",
        cell="C012",
        wrong="""
pending = sorted(...)
need, i = pending.pop()""",
        right="""
pending = deque(sorted(...))
need, i = pending.popleft()""",
        shows=lambda seen: (
            seen.inputs.get("policy", "sjf") == "sjf"
            and "quantum" not in seen.inputs
            and (_answers(_longest_first)(seen) or _answers(_longest_first_stable)(seen))
        ),
    ),
    Misconception(
        name="rr_proportional",
        says="Round robin means equal slices in turn, not waits in proportion.",
        cell="C013",
        wrong="""
waits = [(len(jobs) - 1) * need for need in jobs]""",
        right="""
turn = min(left[i], quantum)
now += turn""",
        shows=lambda seen: (
            _answers(lambda jobs, _: [(len(jobs) - 1) * job for job in jobs])(seen)
            or _answers(lambda jobs, _: [(sum(jobs) - j) * j // sum(jobs) for j in jobs])(seen)
        ),
    ),
    Misconception(
        name="rr_full_slice",
        says="A job that ends inside its slice gives the rest back at once.",
        cell="C013",
        wrong="""
now += quantum
left[i] -= quantum""",
        right="""
turn = min(quantum, left[i])
now += turn
left[i] -= turn""",
        shows=lambda seen: (
            _answers(_full_turns)(seen)
            or _answers(lambda jobs, seen: _full_turns(jobs, seen, counts_own_rest=True))(seen)
        ),
    ),
]


def _longest_first(jobs, _):
    return in_order(jobs, sorted(range(len(jobs)), key=lambda i: (jobs[i], i), reverse=True))


def _longest_first_stable(jobs, _):
    return in_order(jobs, sorted(range(len(jobs)), key=lambda i: -jobs[i]))
