"""What `end_each` must fulfil: its processes meet at the grader."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, evidence


@evidence("attested")
@settings(max_examples=2)
@given(size=st.integers(2, 3))
def test_p1_all_run_at_the_same_time(session, size):
    """All processes are started before any of them is waited for."""
    meeting, place = session.meeting(size)
    codes = session.call("end_each", session.ctx, session.given("meet"), [place] * size)
    check.that(len(meeting.pids) == size, f"{len(meeting.pids)} processes came.", came=codes)
    check.equal(codes, [0] * size, "All targets returned: every exit code should be 0.")


@evidence("value")
@settings(max_examples=3)
@example(codes=[3, 0])
@given(codes=st.lists(st.integers(0, 9), max_size=3))
def test_p2_exit_codes_stand_in_the_order_given(session, codes):
    """The exit codes stand in the order given."""
    came = session.call("end_each", session.ctx, session.given("exit_with"), codes)
    check.equal(came, codes, "These are not the exit codes in the order given.")


MISCONCEPTIONS = [
    Misconception(
        name="join_in_loop",
        says="Joining inside the start loop runs them one after another.",
        cell="T03",
        wrong="child.start()\nchild.join()",
        right="for child in children:\n    child.start()\nfor child in children:\n    child.join()",
        shows=lambda seen: bool(seen.fact("alone")),
    ),
    Misconception(
        name="join_result",
        says="join() always returns None: when it is back, read exitcode.",
        cell="T03",
        wrong="codes = [child.join() for child in children]",
        right="child.join()\ncodes.append(child.exitcode)",
        shows=lambda seen: isinstance(seen.came, list) and None in seen.came,
    ),
]
