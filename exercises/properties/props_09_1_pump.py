"""What `pump` must fulfil: the consumer tells the grader what it got until the end of the stream.

What it tells is held until nothing else moves. So a `pump` that ends its consumer by force meets it
before it could end by itself, every time.
"""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Failed, Status
from grader.guests import Guest

AT_REST = 0.15, 1.0
"""Seconds without any movement after which a `pump` has done all that it does meanwhile, and
seconds for one that never rests, since it looks again and again."""
LONG_PAUSE = 1.2, 4.0
"""The same for a producer that is late: longer than people let poll() wait."""
LONG = "x" * 1000
MANY = 200
"""So many of `LONG` are more than any pipe holds."""
WORDS = st.text(st.sampled_from("ab \n'\\é管道"), max_size=4)
ITEM = st.sampled_from([None, b"", "", 0, False]) | WORDS | st.integers() | st.lists(WORDS)
ITEMS = st.lists(ITEM, max_size=8)


class Held(Guest):
    """Holds its callers until nothing has moved for a while, and knows who they were.

    Attributes:
        callers: in order of arrival.
        args: what each of them passed.
    """

    def __init__(self, session, times, name, method):
        self.callers = []
        self.args = []
        self._rest = session.rest(*times)
        self.placed = session.place(self, name, (method,))

    def visited(self, visit):
        self.callers.append(visit.caller)
        self.args.append(visit.args)
        self._rest.visited(visit)


def pump(session, produce, *args):
    """The exit codes, what the consumer reported, and who reported it."""
    report = Held(session, AT_REST, "report", "__call__")
    consume = session.given("collect_and_report", report.placed)
    session.notice_standstill()
    try:
        codes = session.call("pump", session.ctx, session.given(produce, *args), consume)
    except Failed as failed:
        failed.facts["reports"] = len(report.args)
        raise
    check.is_a(codes, tuple[int, int])
    return codes, report


def check_reported(report, items, codes):
    """The consumer has reported once, these items."""
    facts = {"codes": codes, "reports": len(report.args)}
    check.that(
        len(report.args) == 1,
        "The consumer's process is over, and it has reported nothing."
        if not report.args
        else f"consume was called {len(report.args)} times.",
        **facts,
    )
    args = report.args[0]
    came = args[0] if len(args) == 1 else args
    check.equal(came, items, "The consumer did not get exactly what the producer sent.", **facts)


@evidence("value", "attested")
@settings(max_examples=2)
@example(items=["tea", None, b"", "茶"], times=1)
@example(items=[LONG], times=MANY)
@given(items=ITEMS, times=st.sampled_from([1, 25]))
def test_p1_everything_arrives_and_the_stream_ends(session, items, times):
    """The consumer gets everything that was sent, in order, and then the end of the stream; both
    exit codes are 0."""
    codes, report = pump(session, "send_all", items * times)
    says = "Both functions returned: both exit codes should be 0."
    check.equal(codes, (0, 0), says, codes=codes, reports=len(report.args))
    check_reported(report, items * times, codes)


@evidence("value", "attested")
@settings(max_examples=2)
@example(items=["half"])
@given(items=ITEMS)
def test_p2_a_producer_that_raises_ends_the_stream_too(session, items):
    """When the producer raises, the consumer still gets what was sent and ends by itself; the
    codes are (1, 0)."""
    codes, report = pump(session, "fail_midway", items)
    says = "The producer raised and the consumer returned: the exit codes should be 1 and 0."
    check.equal(codes, (1, 0), says, codes=codes, reports=len(report.args))
    check_reported(report, items, codes)


@evidence("value", "attested")
@settings(max_examples=1)
@given(items=st.just(["at last", None]))
def test_p3_a_late_first_message_is_not_lost(session, items):
    """The producer waits before its first message, and nothing is lost. Producer and consumer are
    two processes made by `ctx`."""
    pause = Held(session, LONG_PAUSE, "pause", "wait")
    codes, report = pump(session, "send_late", pause.placed, items)
    check_reported(report, items, codes)
    check.equal(codes, (0, 0), "Both functions returned: both exit codes should be 0.")
    check.that(len(pause.callers) == 1, f"produce was called {len(pause.callers)} times.")
    both = [pause.callers[0], report.callers[0]]
    pids = {each.pid for each in both}
    check.that(
        len(pids) == 2 and session.worker_pid not in pids,
        "produce and consume did not run in two child processes.",
    )
    wrong = {each.method for each in both} - {session.method, None}
    check.that(
        not wrong,
        f"ctx stands for {session.method}, but a process was made by {', '.join(sorted(wrong))}.",
    )


def _stands_still(seen: Seen) -> bool:
    return seen.status is Status.TIMED_OUT and seen.fact("reports") == 0


def _fits_a_pipe(seen: Seen) -> bool:
    items = seen.inputs.get("items", []) * seen.inputs.get("times", 1)
    return sum(len(repr(each)) for each in items) < 4096


def _terminated(seen: Seen, producer: int) -> bool:
    return seen.fact("codes") == (producer, -15)


MISCONCEPTIONS = [
    Misconception(
        name="article_e16",
        says="Under fork the consumer inherited the write end: close there what it does not use.",
        cell="C132",
        wrong="ctx.Process(target=consume, args=(reader,))",
        right="""
def read(consume, reader, writer):
    writer.close()
    consume(reader)

ctx.Process(target=read, args=(consume, reader, writer))""",
        shows=lambda seen: seen.method == "fork" and _stands_still(seen) and _fits_a_pipe(seen),
    ),
    Misconception(
        name="parent_keeps",
        says="The parent has a copy of the write end, too: while it is open, the stream has no "
        "end.",
        cell="C134",
        wrong="""
producer.start()
producer.join()""",
        right="""
producer.start()
writer.close()
producer.join()""",
        shows=lambda seen: _stands_still(seen) and _fits_a_pipe(seen),
    ),
    Misconception(
        name="one_after_other",
        says="A pipe holds only so much: start the consumer before you wait for the producer.",
        cell="C128",
        wrong="""
producer.start()
producer.join()
consumer.start()""",
        right="""
producer.start()
consumer.start()
producer.join()""",
        shows=lambda seen: _stands_still(seen) and not _fits_a_pipe(seen),
    ),
    Misconception(
        name="terminate_after_close",
        says="Closing is the stop signal: terminate() ends a consumer that is still at work.",
        cell="C136",
        wrong="""
writer.close()
consumer.terminate()
consumer.join()""",
        right="""
writer.close()
consumer.join()""",
        shows=lambda seen: _terminated(seen, 0) or (seen.property == "P2" and _terminated(seen, 1)),
    ),
    Misconception(
        name="kills_consumer",
        says="A producer that failed has ended, too: the consumer gets its end-of-file, let it "
        "finish.",
        cell="C136",
        wrong="""
if producer.exitcode != 0:
    consumer.terminate()""",
        right="consumer.join()",
        shows=lambda seen: seen.property == "P2" and _terminated(seen, 1),
    ),
    Misconception(
        name="swallows_error",
        says="An exception that you swallow is exit code 0: let it pass, the child's end closes "
        "the pipe.",
        cell="C118",
        wrong="""
try:
    produce(writer)
except Exception:
    print("failed")
writer.close()""",
        right="produce(writer)",
        shows=lambda seen: seen.property == "P2" and seen.fact("codes") == (0, 0),
    ),
    Misconception(
        name="poll_ends",
        says="poll() is False when nothing has come yet: only EOFError means that nothing will.",
        cell="C120",
        wrong="""
if reader.poll(0.5):
    consume(reader)""",
        right="consume(reader)",
        shows=lambda seen: (
            seen.property == "P3"
            and seen.status is Status.WRONG
            and (seen.fact("reports") == 0 or seen.came == [])
        ),
    ),
]
