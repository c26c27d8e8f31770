"""What `wait_until` must fulfil: the clock and the question live here, the submission has stand-ins.

Times are multiples of 1/1024 second, so that sums of floats are exact.
"""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Failed, Refusal, Status

BEGIN = 1000.0
STEP = st.integers(1, 2048).map(lambda n: n / 1024)
OVERRUNS = st.lists(st.integers(0, 4096).map(lambda n: n / 1024), max_size=4)
NO_OVERRUNS = st.just([])
PARTS = st.integers(0, 8 * 8)
"""The limit, in eighths of a step."""
MOMENT = st.integers(0, 20 * 1024).map(lambda n: n / 1024)


_AGE = 1e9
"""Seconds that nobody sleeps; the clock could not add much more."""


class World:
    """A clock that moves only in `sleep`, and something that becomes true at a moment.

    ``events`` keeps what the submission did, in order: ``("look", time, answer)`` and
    ``("sleep", seconds, time before, time after)``; times count from the call.
    """

    def __init__(self, limit, step, moment, overruns):
        self.limit, self.moment = limit, moment
        self.most_looks = math.ceil(limit / step) + 2
        self.events = []
        self._now = 0.0
        self._overruns = iter(overruns)
        self._readings = 0

    @property
    def looks(self):
        return [each for each in self.events if each[0] == "look"]

    @property
    def sleeps(self):
        return [each for each in self.events if each[0] == "sleep"]

    def done(self):
        if len(self.looks) >= self.most_looks:
            raise self._endless(f"done() was asked more than {self.most_looks} times.")
        answer = self._now >= self.moment
        self.events.append(("look", self._now, answer))
        return answer

    def now(self):
        self._readings += 1
        if self._readings > 20 * self.most_looks:
            raise self._endless(f"The clock was read {self._readings} times; only sleep moves it.")
        return BEGIN + self._now

    def sleep(self, seconds):
        if type(seconds) not in (int, float) or not 0 <= seconds < _AGE:
            raise Refusal(f"cannot sleep for {seconds!r} seconds")
        if len(self.sleeps) >= 4 * self.most_looks:
            raise self._endless(f"It slept {len(self.sleeps)} times.")
        before = self._now
        self._now += seconds + next(self._overruns, 0.0)
        self.events.append(("sleep", seconds, before, self._now))

    def _endless(self, says):
        return Failed(Status.WRONG, says, facts={"events": self.events})


def wait(session, limit, step, moment, overruns):
    """Let the submission wait in a world of its own; return its answer and the world."""
    world = World(limit, step, moment, overruns)
    done = session.place(world.done, "done")
    clock = session.place(world, "clock", ["now", "sleep"])
    answer = session.call("wait_until", done, limit, step, clock)
    check.is_a(answer, bool)
    return answer, world


@evidence("value")
@settings(max_examples=60)
@example(eighths=16, step=1.0, moment=6.5, overruns=[5.0])
@given(eighths=PARTS, step=STEP, moment=MOMENT, overruns=OVERRUNS)
def test_p1_the_answer_is_what_the_last_look_in_time_saw(session, eighths, step, moment, overruns):
    """It answers True when it became true by the deadline, or by the one look after a sleep that
    ran past it; otherwise False."""
    limit = eighths * step / 8
    answer, world = wait(session, limit, step, moment, overruns)
    late = [time for _, time, _ in world.looks if time >= limit]
    expected = moment <= (late[0] if late else limit)
    check.that(
        answer is expected,
        f"It became true after {moment} s, the limit was {limit} s, the last look that counts came "
        f"after {late[0] if late else limit} s.",
        came=answer,
        expected=expected,
        events=world.events,
    )


@evidence("attested")
@settings(max_examples=40)
@example(eighths=0, step=1.0, late=0.5, overruns=[])
@given(eighths=PARTS, step=STEP, late=MOMENT, overruns=OVERRUNS)
def test_p2_it_looks_first_and_it_looks_last(session, eighths, step, late, overruns):
    """It asks at once, also when the limit is 0, and once more when the time is up."""
    limit = eighths * step / 8
    _, world = wait(session, limit, step, limit + 100 + late, overruns)
    first = world.events[:1]
    check.that(
        bool(first) and first[0][:2] == ("look", 0.0),
        "It did not ask done() at once.",
        events=world.events,
    )
    last = world.looks[-1][1]
    check.that(
        last >= limit,
        f"It gave up with a limit of {limit} s, but its last question came after {last} s.",
        events=world.events,
    )


@evidence("attested")
@settings(max_examples=60)
@example(eighths=4, step=2.0, moment=19.0, overruns=[])
@given(eighths=PARTS, step=STEP, moment=MOMENT, overruns=OVERRUNS | NO_OVERRUNS)
def test_p3_it_sleeps_as_long_as_it_may(session, eighths, step, moment, overruns):
    """It pauses between two questions, never longer than `step` or than the time left, and it asks
    at most ceil(limit / step) + 2 times."""
    limit = eighths * step / 8
    _, world = wait(session, limit, step, moment, overruns)
    facts = {"events": world.events, "step": step, "limit": limit}
    for _, seconds, before, _ in world.sleeps:
        left = limit - before
        check.that(
            seconds <= max(left, 0),
            f"After {before} s it paused for {seconds} s, but only {max(left, 0)} s were left.",
            **facts,
        )
        check.that(seconds <= step, f"It paused for {seconds} s; a step is {step} s.", **facts)
    for one in world.events[:-1]:
        check.that(not (one[0] == "look" and one[2]), "It went on after it had seen True.", **facts)
    if not any(overruns):
        for _, seconds, before, _ in world.sleeps[:-1]:
            check.that(
                seconds == step,
                f"After {before} s it paused for {seconds} s; every pause but the last is {step} s.",
                **facts,
            )


def _sleeps(seen: Seen):
    return [each for each in seen.fact("events") or [] if each[0] == "sleep"]


def _looks(seen: Seen):
    return [each for each in seen.fact("events") or [] if each[0] == "look"]


def _limit(seen: Seen):
    return seen.inputs["eighths"] * seen.inputs["step"] / 8


def _counts_steps(seen: Seen) -> bool:
    """It slept on although the clock was past the end already."""
    overran = any(after - before > seconds for _, seconds, before, after in _sleeps(seen))
    return overran and any(before >= _limit(seen) for _, _, before, _ in _sleeps(seen))


def _never_pauses(seen: Seen) -> bool:
    looks = _looks(seen)
    return len(looks) > 1 and not any(seconds for _, seconds, _, _ in _sleeps(seen))


def _no_last_look(seen: Seen) -> bool:
    events = seen.fact("events")
    if events is None or seen.status is not Status.WRONG:
        return False
    return not events or (events[-1][0] == "sleep" and events[-1][3] >= _limit(seen))


def _oversleeps(seen: Seen) -> bool:
    step, limit = seen.inputs["step"], _limit(seen)
    return any(seconds == step > limit - before > 0 for _, seconds, before, _ in _sleeps(seen))


MISCONCEPTIONS = [
    Misconception(
        name="counts_steps",
        says="Sleeps overrun: measure the clock, do not count the rounds.",
        cell="C007",
        wrong="""
left -= pause""",
        right="""
left = deadline - clock.now()""",
        shows=_counts_steps,
    ),
    Misconception(
        name="busy_loop",
        says="Non-blocking without a pause burns a whole core.",
        cell="C021",
        wrong="""
while clock.now() < deadline:
    if done():
        return True""",
        right="""
while not done():
    ...
    clock.sleep(...)""",
        shows=_never_pauses,
    ),
    Misconception(
        name="no_last_look",
        says="It may have become true during the last sleep: look once more before giving up.",
        cell="C020",
        wrong="""
    clock.sleep(...)
return False""",
        right="""
    clock.sleep(...)
return done()""",
        shows=_no_last_look,
    ),
    Misconception(
        name="oversleeps",
        says="Cut the last pause to the time left.",
        cell="C020",
        wrong="""
clock.sleep(step)""",
        right="""
clock.sleep(min(step, left))""",
        shows=_oversleeps,
    ),
]
