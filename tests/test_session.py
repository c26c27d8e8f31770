"""What a session promises for every call: an answer in time, or one clear failure."""

from __future__ import annotations

import functools
import gc
import os
import re
import subprocess
import sys
import textwrap
import time

import pytest
from support.command import environment
from support.courses import ENDS, SHORT_END, SHORT_TELL, TELLS, TESTS
from support.leaks import LINUX
from support.sessions import HANG, LIMIT, end_each, opened, tell

from grader import compare, guests, submission
from grader.channel import KEPT
from grader.failure import Failed, Refusal, Status
from grader.inside.kit import wire
from grader.session import Session
from grader.system import linux

pytestmark = [
    pytest.mark.usefixtures("nothing_left", "no_descriptor_left"),
    pytest.mark.skipif(not LINUX, reason="the strong form needs Linux"),
]
METHODS = ["fork", "spawn", "forkserver"]
QUICK = "fork"  # where the start method does not matter


@pytest.fixture
def no_descriptor_left():
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    yield
    gc.collect()  # pidfds of callers are in cycles
    assert len(os.listdir("/proc/self/fd")) == before


def body(text: str, signature: str = "def tell(numbers, say):") -> str:
    """A file with one function."""
    return (
        f"import os, signal, sys, threading, time\n{signature}\n{textwrap.indent(text, '    ')}\n"
    )


def failure_of(source: str, **options) -> Failed:
    """How a file fails when ``tell([3, 1], say)`` is called."""
    with opened(source, **options) as session:
        with pytest.raises(Failed) as caught:
            tell_all(session)
        session.explain(caught.value)
    return caught.value


def tell_all(session: Session) -> None:
    """All that a property does, with a session for either exercise."""
    if session.method is None:
        tell(session)
    else:
        end_each(session, [])
    session.finish()


# -- what properties use --------------------------------------------------------------------------


def test_a_call_brings_its_value_and_the_kernel_names_the_caller():
    with opened(TELLS) as session:
        reports, say = session.reports("say")
        assert session.call("tell", [3, 1], say) == 4
        assert [report.args for report in reports.entries] == [(3,), (1,)]
        assert {report.pid for report in reports.entries} == {session.worker_pid}
        session.finish()


@pytest.mark.parametrize("method", METHODS)
def test_processes_are_seen_with_pid_and_start_method(method):
    with opened(ENDS, method=method) as session:
        reports, report = session.reports()
        assert session.call("end_each", session.ctx, report, [1, 2]) == [0, 0]
        pids = {each.pid for each in reports.entries}
        assert len(pids) == 2
        assert session.worker_pid not in pids
        assert {each.method for each in reports.entries} == {method}
        assert sorted(each.args for each in reports.entries) == [(1,), (2,)]
        session.finish()


@pytest.mark.parametrize("method", METHODS)
def test_a_meeting_lets_nobody_go_before_all_are_there(method):
    with opened(ENDS, method=method) as session:
        meeting, place = session.meeting(3)
        target = session.given("meet")
        assert session.call("end_each", session.ctx, target, [place] * 3) == [0, 0, 0]
        assert len(set(meeting.pids)) == 3
        session.finish()


def test_a_departure_ends_them_one_after_the_other_from_the_last():
    with opened(SHORT_END, method=QUICK) as session:
        seats = session.departure(3)
        lifeline, line = session.lifeline()
        target = session.given("meet")
        assert session.call("end_each", session.ctx, target, seats) == [0, 0, 0]
        assert session.call("end_each", session.ctx, line, [1]) == [0]
        assert lifeline.living() == []
        session.finish()


def test_a_meeting_to_which_nobody_comes_fails_without_waiting_for_the_limit():
    source = SHORT_END.replace(
        "        child.start()\n", "        child.start()\n        child.join()\n"
    )
    started = time.monotonic()
    with opened(source, method=QUICK, limit=60.0) as session:
        _, place = session.meeting(2)
        with pytest.raises(Failed, match="only 1 came to the meeting point") as caught:
            session.call("end_each", session.ctx, session.given("meet"), [place] * 2)
    assert caught.value.facts["alone"]
    assert time.monotonic() - started < 30


BOTH_WAIT = """
def end_each(ctx, target, numbers):
    reader, writer = ctx.Pipe(duplex=False)
    child = ctx.Process(target=target, args=(reader,))
    child.start()
    child.join()
"""
"""With a target that waits for a word of its parent."""


def test_a_standstill_is_noticed_before_the_limit_and_shows_where_all_stand():
    source = BOTH_WAIT.replace("target=target", "target=receive") + (
        "def receive(reader):\n    return reader.recv()\n"
    )
    started = time.monotonic()
    with opened(source, method=QUICK, limit=60.0) as session:
        session.notice_standstill(0.4)
        with pytest.raises(Failed, match=r"for 0\.4 s none of its processes had moved") as caught:
            end_each(session, [])
    assert caught.value.status is Status.TIMED_OUT
    stands = " ".join(line for line in caught.value.stacks if " stands at " in line)
    assert "in end_each" in stands
    assert "in receive" in stands
    assert time.monotonic() - started < 30


def test_who_computes_or_speaks_to_the_grader_does_not_stand_still():
    source = body(
        "end = time.process_time() + 0.5\n"
        "while time.process_time() < end:\n    pass\n"
        "for number in numbers:\n    say(number)\n    time.sleep(0.05)\n"
        "return sum(numbers)"
    )
    with opened(source) as session:
        session.notice_standstill(0.3)
        assert tell(session, list(range(12))) == 66
        session.finish()


def test_a_standstill_counts_for_one_example():
    with opened(body("time.sleep(0.6)\nreturn 0")) as session:
        session.notice_standstill(0.2)
        session.begin()
        assert tell(session) == 0
        session.finish()


HELD = """
import time
def end_each(ctx, target, numbers):
    child = ctx.Process(target=target, args=(numbers[0],))
    child.start()
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    held = child.is_alive()
    WAIT
    child.join()
    return [held, child.exitcode]
"""


@pytest.mark.parametrize("method", METHODS)
def test_a_rest_holds_a_caller_while_anything_moves(method):
    with opened(HELD.replace("WAIT", "pass"), method=method) as session:
        place = session.place(session.rest(0.1), "pause", ["wait"])
        target = session.given("meet")
        assert session.call("end_each", session.ctx, target, [place]) == [True, 0]
        session.finish()


def test_a_call_that_never_rests_does_not_hold_a_caller_for_ever():
    busy = "while child.is_alive():\n        pass"
    with opened(HELD.replace("WAIT", busy), method=QUICK, limit=9.0) as session:
        place = session.place(session.rest(0.1), "pause", ["wait"])
        target = session.given("meet")
        assert session.call("end_each", session.ctx, target, [place]) == [True, 0]
        session.finish()


def test_a_standstill_ends_a_call_in_which_everybody_sleeps():
    started = time.monotonic()
    with opened(body("say(1)\nthreading.Event().wait()"), limit=60.0) as session:
        reports, say = session.reports("say")
        session.standstill("Nobody moves.", facts=lambda: {"told": len(reports.entries)})
        with pytest.raises(Failed, match=r"Nobody moves\.") as caught:
            session.call("tell", [3, 1], say)
        facts = caught.value.facts
        assert (facts["stuck"], facts["alone"], facts["told"]) == (True, True, 1)
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "text",
    [
        "say(1)\nend = time.monotonic() + 3\nwhile time.monotonic() < end: pass\nreturn 1",
        "import subprocess\nsubprocess.run([sys.executable, '-c', 'import time\\n"
        "while time.perf_counter() and time.process_time() < 2.5: pass'])\nreturn 1",
    ],
    ids=["computes", "waits for one who computes"],
)
def test_a_standstill_lets_a_call_go_on_that_is_on_its_way(text):
    with opened(body(text)) as session:
        session.standstill("Nobody moves.")
        assert tell(session) == 1
        session.finish()


def test_a_standstill_gives_its_time_and_has_no_say_when_the_call_is_over():
    with opened(body("say(1)\ntime.sleep(2.6)\nreturn 1")) as session:
        session.standstill("Nobody moves.", after=10.0)
        assert tell(session) == 1
        session.standstill("Nobody moves.")
        assert not session.wait(lambda: False, guests.QUIET + 1.0)
        session.finish()


def test_a_given_function_comes_with_its_first_arguments():
    source = (
        "def tell(numbers, say):\n    return [say.func.__name__, say.args[0], say.args[1].wait()]\n"
    )
    with opened(source) as session:
        meeting, place = session.meeting(1)
        target = session.given("say", [7, (None,)], place)
        assert session.call("tell", [], target) == ["say", [7, (None,)], None]
        assert len(meeting.pids) == 1
        session.finish()


def test_a_driver_works_beside_the_file_and_reports_what_it_saw():
    with opened(SHORT_TELL) as session:
        _, say = session.reports("say")
        assert session.drive("looks_at", [3, 1], say) == [4, 2]
        session.finish()


def test_an_object_of_an_earlier_example_is_out_of_reach():
    source = body("kept.append(say)\nkept[0](1)\nreturn 1", "kept = []\ndef tell(numbers, say):")
    with opened(source) as session:
        assert tell(session) == 1
        session.begin()
        with pytest.raises(Failed, match="there is no such object any more") as caught:
            tell(session)
        assert caught.value.facts["error"].type_name == "WitnessError"


def test_a_refusal_reaches_the_file_as_an_error_and_only_named_methods_are_there():
    class Clock:
        def wait(self, seconds):
            if seconds < 0:
                raise Refusal("a wait of less than nothing")
            return seconds * 2

        def secret(self):
            return "the answer"

    source = body(
        """
answers = [clock.wait(2)]
for what in (lambda: clock.wait(-1), lambda: clock.wait(), lambda: clock.secret(), clock):
    try:
        answers.append(what())
    except Exception as error:
        answers.append(type(error).__name__)
return answers
""",
        "def tell(numbers, clock):",
    )
    with opened(source) as session:
        clock = session.place(Clock(), "clock", ("wait",))
        answers = session.call("tell", [], clock)
    assert answers == [4, "WitnessError", "WitnessError", "AttributeError", "TypeError"]


def test_what_is_printed_is_kept_from_both_ends():
    source = body(
        f"""
print("first line")
sys.stdout.write("x" * {3 * KEPT} + "\\n")
print("last line", flush=True)
raise ValueError("now")
"""
    )
    with opened(source) as session:
        with pytest.raises(Failed) as caught:
            tell(session)
        session.explain(caught.value)
        printed = caught.value.printed
        assert printed.startswith("first line\n")
        assert printed.endswith("last line\n")
        assert "bytes cut" in printed
        assert len(printed) < 2 * KEPT


def test_a_fresh_worker_remembers_nothing():
    source = body("calls.append(1)\nreturn len(calls)", "calls = []\ndef tell(numbers, say):")
    with opened(source) as session:
        assert [tell(session), tell(session)] == [1, 2]
        session.renew()
        assert tell(session) == 1


# -- how a call fails -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ValueError('no such job')", "tell raised ValueError: no such job"),
        ("return numbers[7]", "IndexError: list index out of range (ex_01_1_tell.py, line 3)"),
        ("sys.exit('bye')", "tell raised SystemExit: bye"),
        ("raise KeyboardInterrupt", "tell raised KeyboardInterrupt"),
        ("return tell(numbers, say)", "RecursionError: maximum recursion depth exceeded"),
        ("raise BaseExceptionGroup('two', [KeyboardInterrupt(), ValueError()])", "two"),
    ],
    ids=lambda text: text[:24],
)
def test_an_exception_is_told_with_its_line(text, words):
    failed = failure_of(body(text))
    assert failed.status is Status.RAISED
    assert words in failed.says
    assert "ex_01_1_tell.py, line " in failed.says
    assert failed.call == "tell([3, 1], <say>)"


def test_an_exception_that_cannot_say_what_it_is_about_is_still_one():
    failed = failure_of(body("raise ValueError(10 ** 5000)"))
    assert failed.status is Status.RAISED
    assert "tell raised ValueError: <its text raised ValueError>" in failed.says


def test_an_exception_that_lies_about_itself_is_still_an_exception():
    source = body(
        """
class Nasty(Exception):
    args = property(lambda self: 1 / 0)
    __class__ = property(lambda self: 1 / 0)
    def __str__(self):
        raise RuntimeError
    __repr__ = __str__
raise Nasty
"""
    )
    assert failure_of(source).status in (Status.RAISED, Status.WRONG)


@pytest.mark.parametrize(
    "signature",
    ["def tell():", "def tell(numbers):", "def tell(a, b, c):", "async def tell(*, a):"],
)
def test_other_parameters_are_told_with_the_call_that_was_made(signature):
    failed = failure_of(body("return 4", signature))
    assert failed.status is Status.RAISED
    assert "TypeError" in failed.says
    assert "Your function is tell(" in failed.says
    assert "the call was tell([3, 1], <say>)" in failed.says


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kept = []\nkept.append(kept)\nreturn kept", "nested deeper"),
        ("return [0] * 300_000", "parts"),
        ("return 'a' * 5_000_000", "bytes"),
        ("return 10 ** 5000", "bits"),
    ],
)
def test_an_answer_that_no_caller_can_use_is_wrong(text, words):
    failed = failure_of(body(text))
    assert failed.status is Status.WRONG
    assert "It returned what no caller can use" in failed.says
    assert words in failed.says


@pytest.mark.parametrize(
    "text",
    [
        "return type('int', (int,), {'__eq__': lambda *_: True, '__hash__': None})(4)",
        "return type('Four', (), {'__class__': int, '__eq__': lambda *_: True})()",
        "return True",
        "return 4.0",
        "return (4 for _ in numbers)",
        "return tell",
    ],
)
def test_what_only_looks_like_the_answer_is_not_the_same(text):
    with opened(body(text)) as session:
        assert not compare.same(tell(session), 4)


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ([3, 1], "numbers.clear()"),
        ([3, 1], "numbers.sort()"),
        ([1, 2], "numbers[0] = True"),
        ([[1], [2]], "numbers[1].append(3)"),
        ([{1, 2}], "numbers[0].add(3)"),
        ([{1: 2}], "numbers[0].clear()"),
        ([3, 1], "numbers.append(numbers)"),
    ],
    ids=lambda value: str(value),
)
def test_a_changed_argument_is_noticed(argument, text):
    with opened(body(f"{text}\nreturn 4")) as session, pytest.raises(Failed) as caught:
        tell(session, argument)
    assert caught.value.status is Status.WRONG
    if "numbers.append(numbers)" not in text:  # cannot even be sent back
        assert "argument 1 was" in caught.value.says
        assert caught.value.facts["changed_arguments"]


def test_what_has_no_order_may_come_back_in_another():
    source = body("names = numbers[0]\nnames.remove('b')\nnames.add('b')\nreturn 1")
    with opened(source) as session:
        assert tell(session, [{"a", "b", "c"}]) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("os._exit(3)", "it ended with exit code 3"),
        ("os._exit(0)", "it ended with exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "it was killed by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "it was killed by SIGTERM"),
        ("os.killpg(0, signal.SIGKILL)", "it was killed by SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "it was killed by SIGSEGV"),
        ("os.abort()", "it was killed by SIGABRT"),
        ("import resource\nresource.setrlimit(0, (1, 1))\nwhile True: pass", "SIGKILL"),
        ("os.execv('/bin/true', ['true'])", "it ended with exit code 0"),
        ("os.closerange(0, 100)\nsignal.pause()", "did not come back"),
    ],
    ids=lambda text: text[:30],
)
def test_a_worker_that_ends_is_a_crash_and_says_how(text, words):
    failed = failure_of(body(text))
    assert failed.status is Status.CRASHED
    assert words in failed.says
    assert failed.call == "tell([3, 1], <say>)"


def test_a_session_that_crashed_answers_the_same_at_once_and_starts_nothing():
    with opened(body("os._exit(3)")) as session:
        with pytest.raises(Failed) as first:
            tell(session)
        worker = session.worker_pid
        with pytest.raises(Failed) as second:
            tell(session)
        assert second.value is first.value is session.dead
        assert session.worker_pid == worker


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("while True: pass", "in tell"),
        ("signal.pause()", "in tell"),
        ("threading.Event().wait()", "in tell"),
        (
            "for number in signal.valid_signals() - {9, 19}:\n"
            "    try: signal.signal(number, signal.SIG_IGN)\n"
            "    except OSError: pass\n"
            "while True: signal.sigtimedwait([], 9)",
            "",
        ),
        ("os.kill(os.getpid(), signal.SIGSTOP)", ""),
    ],
    ids=["busy", "paused", "event", "deaf", "stopped"],
)
def test_a_hang_ends_in_time_whatever_signals_it_ignores(text, words):
    started = time.monotonic()
    failed = failure_of(body(text), limit=HANG)
    assert failed.status is Status.TIMED_OUT
    assert f"the limit is {HANG:g} s" in failed.says
    assert words in "\n".join(failed.stacks[:1])
    assert time.monotonic() - started < HANG + 10


def test_the_limit_holds_for_all_calls_of_a_session_together():
    source = body("if numbers == [9]: signal.pause()\nreturn 4")
    with opened(source, limit=HANG) as session:
        assert tell(session) == 4
        session._spent = HANG - 0.3
        started = time.monotonic()
        with pytest.raises(Failed) as caught:
            tell(session, [9])
        assert caught.value.status is Status.TIMED_OUT
        assert time.monotonic() - started < HANG + 10


TREE = """
import os, signal, threading

def wait_in_thread(entered):
    entered.set()
    signal.pause() if False else threading.Event().wait()

def wait_in_child(entered):
    thread = threading.Thread(target=wait_in_thread, args=(entered,), daemon=True)
    thread.start()
    threading.Event().wait()

def end_each(ctx, target, numbers):
    entered = ctx.Event()
    child = ctx.Process(target=wait_in_child, args=(entered,))
    child.start()
    entered.wait()
    child.join()
"""


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_hang_shows_every_process_and_thread_at_the_files_own_line(method):
    with opened(TREE, method=method, limit=3.0) as session, pytest.raises(Failed) as caught:
        end_each(session, [])
    stacks = caught.value.stacks
    heads = [line for line in stacks if line.startswith("process ")]
    ours = [line for line in heads if "your call" in line]
    theirs = [line for line in heads if "a child process" in line]
    assert [line.partition(" stands at ")[2] for line in ours] == [
        "ex_01_2_end.py, line 18, in end_each"
    ]
    assert {line.partition(" stands at ")[2] for line in theirs} >= {
        "ex_01_2_end.py, line 6, in wait_in_thread",
        "ex_01_2_end.py, line 11, in wait_in_child",
    }
    assert heads[0] == ours[0]
    assert not any("kit/" in line for line in stacks)


# -- what is left ---------------------------------------------------------------------------------

END = "def end_each(ctx, target, numbers):"


@pytest.mark.parametrize("method", METHODS)
def test_a_child_that_is_left_running_is_named(method):
    text = "ctx.Process(target=signal.pause).start()\nreturn []"
    with (
        opened(body(text, END), method=method) as session,
        pytest.raises(Failed, match="1 process it started still run") as caught,
    ):
        end_each(session, [])
    assert caught.value.status is Status.LEFT_BEHIND


ZOMBIE = """
import multiprocessing.connection
child = ctx.Process(target=int)
child.start()
multiprocessing.connection.wait([child.sentinel])
global kept
kept = child
return []
"""


# Under forkserver an ended child is the server's to wait for: nothing is left of it.
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_child_for_which_nobody_waited_is_named(method):
    with (
        opened(body(ZOMBIE, END), method=method) as session,
        pytest.raises(
            Failed, match=r"nobody waited for 1 child .* join\(\) was not called"
        ) as caught,
    ):
        end_each(session, [])
    assert caught.value.status is Status.LEFT_BEHIND


GRANDCHILD = """
reader, writer = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(writer, b"here")
        signal.pause()
    os._exit(0)
os.wait()
os.read(reader, 4)
os.close(reader)
os.close(writer)
return []
"""


def test_a_grandchild_of_a_double_fork_is_found_and_ended():
    with (
        opened(body(GRANDCHILD, END), method=QUICK) as session,
        pytest.raises(Failed, match="1 process it started still run") as caught,
    ):
        end_each(session, [])
    assert caught.value.status is Status.LEFT_BEHIND


def test_a_child_is_found_also_where_no_processes_are_asked_for():
    failed = failure_of(body(GRANDCHILD))
    assert failed.status is Status.LEFT_BEHIND


@pytest.mark.parametrize("daemon", [False, True])
def test_a_thread_is_left_unless_it_is_a_daemon(daemon):
    text = f"threading.Thread(target=signal.pause, name='busy', daemon={daemon})"
    source = body(f"{text.replace('signal.pause', 'threading.Event().wait')}.start()\nreturn 4")
    if daemon:
        with opened(source) as session:
            assert tell(session) == 4
            session.finish()
    else:
        failed = failure_of(source)
        assert failed.status is Status.LEFT_BEHIND
        assert "threads that it started still run: ['busy']" in failed.says


@pytest.mark.parametrize("method", [None, QUICK])
def test_a_port_that_is_left_open_is_named(method):
    text = """
import socket
global kept
kept = socket.create_server(("127.0.0.1", 0))
return kept.getsockname()[1]
"""
    source = body(text) if method is None else body(text, END)
    with (
        opened(source, method=method) as session,
        pytest.raises(Failed, match=r"port \d+ is still open") as caught,
    ):
        tell_all(session)
    assert caught.value.status is Status.LEFT_BEHIND


@pytest.mark.parametrize("method", METHODS)
def test_shared_memory_that_nobody_unlinks_is_named_and_gone(method, nothing_left):
    text = f"""
from multiprocessing.shared_memory import SharedMemory
block = SharedMemory("{nothing_left.mark}-{method}", create=True, size=16)
block.close()
return []
"""
    with opened(body(text, END), method=method) as session:
        assert end_each(session, []) == []
        with pytest.raises(Failed, match="1 shared memory had not been unlinked") as caught:
            session.finish()
    assert caught.value.status is Status.LEFT_BEHIND


@pytest.mark.parametrize("method", METHODS)
def test_locks_and_queues_that_are_dropped_leave_nothing(method, nothing_left):
    text = f"""
import multiprocessing
multiprocessing.current_process()._config["semprefix"] = "/{nothing_left.mark}"
lock, queue = ctx.Lock(), ctx.Queue()
child = ctx.Process(target=put, args=(lock, queue))
child.start()
child.join()
return [queue.get()]
"""
    put = "def put(lock, queue):\n    with lock:\n        queue.put(1)\n"
    with opened(put + body(text, END), method=method) as session:
        assert end_each(session, []) == [1]
        session.finish()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_semaphores_of_a_killed_tree_are_gone(method, nothing_left):
    text = f"""
import multiprocessing
multiprocessing.current_process()._config["semprefix"] = "/{nothing_left.mark}"
lock = ctx.Lock()
ctx.Process(target=signal.pause).start()
signal.pause()
"""
    with (
        opened(body(text, END), method=method, limit=HANG) as session,
        pytest.raises(Failed) as caught,
    ):
        end_each(session, [])
    assert caught.value.status is Status.TIMED_OUT


def test_a_changed_start_method_is_noticed():
    text = (
        'import multiprocessing\nmultiprocessing.set_start_method("spawn", force=True)\nreturn []'
    )
    with (
        opened(body(text, END), method=QUICK) as session,
        pytest.raises(Failed, match="changed the start method") as caught,
    ):
        end_each(session, [])
    assert caught.value.facts["set_start_method"]


# -- the brake ------------------------------------------------------------------------------------

MANY = """
for _ in range(300):
    if os.fork() == 0:
        signal.pause()
signal.pause()
"""
TREE_OF_MANY = """
for _ in range(8):
    os.fork()
signal.pause()
"""


@pytest.mark.parametrize("text", [MANY, TREE_OF_MANY], ids=["row", "tree"])
def test_too_many_processes_are_stopped_and_the_main_guard_is_named(text):
    failed = failure_of(body(text))
    assert failed.status is Status.TOO_MANY
    assert 'if __name__ == "__main__":' in failed.says
    assert failed.facts["processes"] > 64


def test_too_much_memory_is_stopped(monkeypatch):
    limits = functools.partial(submission.HostSettings, max_memory=150 * 1024**2)
    monkeypatch.setattr(submission, "HostSettings", limits)
    failed = failure_of(
        body("kept = [b'x' * 10_000_000 + bytes([n]) for n in range(30)]\nsignal.pause()")
    )
    assert failed.status is Status.TOO_MANY
    assert "MB of memory at once" in failed.says


def test_too_much_computing_is_stopped(monkeypatch):
    limits = functools.partial(submission.HostSettings, max_cpu=0.5)
    monkeypatch.setattr(submission, "HostSettings", limits)
    failed = failure_of(body("while True: pass"))
    assert failed.status is Status.TOO_MANY
    assert "s of CPU" in failed.says


def test_too_much_output_is_stopped():
    failed = failure_of(body("while True: sys.stdout.write('x' * 1_000_000)"))
    assert failed.status is Status.TOO_MANY
    assert "It printed more than" in failed.says


# -- the grader's own process under attack --------------------------------------------------------


def test_a_killed_supervisor_is_a_crash_and_nothing_stays():
    text = "os.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()"
    with opened(body(text)) as session:
        for _ in range(2):
            with pytest.raises(Failed, match="killed or stopped") as caught:
                tell(session)
            assert caught.value.status is Status.CRASHED
            session.renew()


def test_a_file_that_kills_its_parent_in_every_call_never_kills_the_grader(nothing_left):
    """An orphan comes to the grader; the file must be dead before it can kill its next parent."""
    text = "for _ in range(3):\n    os.kill(os.getppid(), signal.SIGKILL)\n    signal.sigtimedwait([], 0)"
    # In a process of its own: a failure would end it, and it must not be this one.
    code = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r}); import test_session\n"
        f"for _ in range(20):\n"
        f"    failed = test_session.failure_of(test_session.body({text!r}))\n"
        f"    assert failed.status == 'crashed', failed\n"
        f"print('alive')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "alive\n", "")


def test_a_supervisor_that_was_killed_together_with_grandchildren_leaves_none():
    text = GRANDCHILD.replace("return []", "os.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()")
    assert failure_of(body(text)).status is Status.CRASHED


def test_a_stopped_supervisor_is_a_crash_and_nothing_stays(monkeypatch):
    monkeypatch.setattr(linux, "_ANSWER_WITHIN", 1.0)
    text = "os.kill(os.getppid(), signal.SIGSTOP)\nreturn 4"
    failed = failure_of(body(text))
    assert failed.status is Status.CRASHED
    assert "killed or stopped" in failed.says


def test_a_stopped_supervisor_does_not_hide_a_hang(monkeypatch):
    monkeypatch.setattr(linux, "_ANSWER_WITHIN", 1.0)
    text = "os.kill(os.getppid(), signal.SIGSTOP)\nsignal.pause()"
    failed = failure_of(body(text), limit=HANG)
    assert failed.status is Status.TIMED_OUT
    assert "Its stacks could not be read." in failed.says


# -- forged frames --------------------------------------------------------------------------------

FORGE = """
import os, signal, stat

def forge(data):
    for name in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                os.write(int(name), data)
        except OSError:
            continue
"""


def nested(levels: int, inner: str) -> bytes:
    text = "[" * levels + "]" * levels
    data = inner.replace("DEEP", text).encode()
    return len(data).to_bytes(4, "big") + data


ANSWERS = [
    {},
    [],
    "ok",
    None,
    {"ok": {"q": 1}},
    {"ok": {"t": 5}},
    {"ok": {"s": [[1]]}},
    {"ok": {"x": "spawn"}},
    {"ok": {"o": "int"}},
    {"ok": {"i": "0x" + "f" * 9000}},
    {"ok": 5, "after": 5},
    {"ok": 5, "after": [{"q": 1}, {"o": "given"}]},
    {"ok": 5, "after": []},
    {"ok": 5, "after": {"t": [3, 1]}},
    {"ok": 5, "threads": 5},
    {"ok": 5, "threads": {"a": ["b"]}},
    {"ok": 5, "helpers": 5, "after": [[3, 1], {"o": "given"}]},
    {"ok": 5, "helpers": [[]]},
    {"ok": 5, "helpers": {"a": 1}},
    {"ok": 5, "method": [1]},
    {"raised": 5},
    {"raised": None},
    {"raised": {}},
    {"raised": {"type": [1], "text": {"a": 1}, "args": {"q": 1}}},
    {"raised": {"type": "E", "text": "\ud800", "args": [1], "frames": 5, "at": [1, 2, 3]}},
    {"raised": {"type": "E", "text": "", "frames": [[1, 2, 3], 4, ["a"]], "at": "abc"}},
    {"raised": {"type": "TypeError", "text": "t", "args": {"t": []}}, "signature": 5},
    {"unsendable": [1]},
    {"unsendable": None},
]
OF_PROCESSES = re.compile(rb'"(helpers|method|threads|after)"')
FRAMES = [
    *map(wire.frame, ANSWERS),
    b"\xff\xff\xff\xff",
    b"\0\0\0\5{nope",
    b"\0\0\0\3NaN",
    nested(900, '{"ok":5,"after":DEEP}'),
    nested(900, '{"ok":5,"threads":DEEP}'),
    nested(900, '{"ok":DEEP}'),
    nested(900, '{"raised":{"type":"E","args":DEEP}}'),
    wire.frame({"ok": 5}) + wire.frame({"ok": 5}),
]


@pytest.mark.slow
@pytest.mark.parametrize("method", [None, QUICK])
def test_a_forged_frame_is_a_failure_of_the_file_or_a_wrong_value_and_never_ours(method):
    which = "numbers[0]"
    signature = "def tell(numbers, say):" if method is None else END
    source = FORGE + body(f"forge({FRAMES!r}[{which}])\nsignal.pause()", signature)
    with opened(source, method=method) as session:
        for number, frame in enumerate(FRAMES):
            if method is not None and not OF_PROCESSES.search(frame):
                continue  # the same as without processes
            session.dead, session.limit, session._spent = None, LIMIT, 0.0
            session.begin()
            try:
                came = tell(session, [number]) if method is None else end_each(session, [number])
            except Failed:
                continue
            except Exception as error:
                raise AssertionError(f"ours, not the file's: {frame[:200]!r}") from error
            finally:
                session.renew()
            assert not compare.same(came, 4), frame


def test_a_frame_before_it_was_asked_for_is_noticed():
    right = wire.frame({"ok": ["tell"], "method": None}) + wire.frame({"ok": 4})
    failed = failure_of(FORGE + f"forge({right!r})\n" + body("return 5"), limit=HANG)
    assert failed.status in (Status.CRASHED, Status.TIMED_OUT)


def test_an_endless_stream_of_bytes_is_no_answer():
    text = "while True: forge(b'\\0' * 100_000)"
    failed = failure_of(FORGE + body(text), limit=HANG)
    assert failed.status in (Status.CRASHED, Status.TIMED_OUT)


# -- forged questions to the witness --------------------------------------------------------------

ASK = """
import os, socket

def connect():
    kind, _, rest = os.environ["GRADER_WITNESS"].partition(":")
    if kind == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(rest)
    else:
        connection = socket.create_connection(("127.0.0.1", int(rest.partition(":")[0])))
    return connection

def ask(data):
    with connect() as connection:
        connection.sendall(data)
        return connection.recv(1000)
"""
QUESTIONS = [
    b"\xff\xff\xff\xff",
    b"\0\0\0\4null",
    b"GET / HTTP/1.1\r\n\r\n",
    *map(
        wire.frame,
        [
            {},
            [],
            {"to": 1},
            {"to": "1", "do": "__call__", "args": [], "process": "p"},
            {"to": 1, "do": "__call__", "args": {"q": 1}, "process": "p"},
            {"to": 1, "do": "__call__", "args": 5, "process": "p"},
            {"to": 1, "do": "__init__", "args": [], "process": "p"},
            {"to": True, "do": "__class__", "args": [], "process": "p"},
            {"to": 10**15, "do": "__call__", "args": [], "process": "p"},
            {"to": 1, "do": "__call__", "args": [], "process": "p", "token": "é"},
            {"to": 1, "do": "__call__", "args": [], "process": "p", "token": [1]},
            {"to": 1, "do": "__call__", "args": [], "process": "p", "pid": -1, "token": "TOKEN"},
            {"to": 1, "do": "__call__", "args": [], "process": "p", "pid": 2**52, "token": "TOKEN"},
        ],
    ),
]


@pytest.mark.parametrize("portable", [False, True], ids=["kernel", "portable"])
def test_forged_questions_are_refused_and_honest_ones_still_answered(portable):
    class Counter:
        calls = 0

        def __call__(self, number):
            self.calls += 1
            return number

    text = f"""
for question in {QUESTIONS!r}:
    try:
        ask(question)
    except OSError:
        pass
    say(1)
connections = [connect() for _ in range(20)]
say(1)
return len(connections)
"""
    with opened(ASK + body(text), portable=portable) as session:
        counter = Counter()
        say = session.place(counter, "say")
        assert session.call("tell", [], say) == 20
        assert counter.calls == len(QUESTIONS) + 1
        session.finish()


def test_a_caller_that_is_dead_does_not_count_at_a_meeting():
    """A process that came and died holds no seat, though its socket is still open."""
    text = """
import json
number = place._number
def come():
    question = {"to": number, "do": "wait", "args": [], "process": "p"}
    data = json.dumps(question).encode()
    connection = connect()
    connection.sendall(len(data).to_bytes(4, "big") + data)
    return connection
pid = os.fork()
if pid == 0:
    come()
    os._exit(0)
os.waitpid(pid, 0)
come()
place.wait()
return 4
"""
    with opened(ASK + body(text, "def tell(numbers, place):"), limit=60.0) as session:
        meeting, place = session.meeting(2)
        with pytest.raises(Failed, match="only 1 came"):
            session.call("tell", [], place)
        assert meeting.pids == []


def test_the_strong_form_believes_the_kernel_and_not_the_claim():
    text = """
import json
question = {"to": say._number, "do": "__call__", "args": [1], "process": "p", "pid": 1,
            "method": "spawn"}
data = json.dumps(question).encode()
ask(len(data).to_bytes(4, "big") + data)
return 4
"""
    with opened(ASK + body(text)) as session:
        reports, say = session.reports("say")
        assert session.call("tell", [], say) == 4
        (report,) = reports.entries
        assert report.pid == session.worker_pid
        assert report.method != "spawn"


def test_a_signal_number_without_a_name_is_told_as_a_number():
    failed = failure_of(body("os.kill(os.getpid(), 40)"))
    assert "it was killed by signal 40" in failed.says
    assert failed.facts["exitcode"] == -40
