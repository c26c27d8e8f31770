"""One submission under one property and one start method: calls, their limits, what they leave.

A property test knows the submission only through its session::

    answer = session.call("run_all", session.ctx, session.given("exit_with"), [(0,), (3,)], names)

The submission only makes claims; each is compared here. What a session promises for every call:
it ends in time, nothing is left behind, the arguments stay as they were.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from grader import compare, stacks
from grader.arguments import Context, Given, changes, reference, unchanged
from grader.channel import MAX_OUTPUT, Frames
from grader.claims import Described, Outcome, check_shape, claim
from grader.failure import MISSING, Failed, Status
from grader.guests import (
    PATIENCE,
    QUIET,
    Departure,
    Lifeline,
    Lookout,
    Lull,
    Meeting,
    Placed,
    Reports,
    Rest,
    Standstill,
    Stillness,
)
from grader.inside.kit import wire
from grader.submission import Submission
from grader.system.base import Process, SupervisorLost, Worker

_IMPORT_WITHIN = 10.0  # seconds, or the property's limit if that is less
_HELPERS = 2  # of multiprocessing: fork server and resource tracker
_GRACE = 1.0  # seconds for what a call started to end by itself
_END_WITHIN = 5.0  # seconds for a worker to end when it is asked to
_ASLEEP = "SZTt"  # states in which a process does nothing by itself
_STACKS_WITHIN = 0.5  # seconds for those that do not say where they hang, all together
_LEAKED = re.compile(r"resource_tracker: There appear to be (\d+) leaked (\w+) objects")

_Meeting = TypeVar("_Meeting", bound=Meeting)


class Session:
    """What one property test sees of a submission, under one start method.

    Args:
        submission: the file.
        functions: the names that it must define.
        method: the start method, None for an exercise that starts no processes.
        limit: seconds that all calls of this session may take together; None for no limit.
    """

    def __init__(
        self,
        submission: Submission,
        functions: Iterable[str],
        method: str | None,
        limit: float | None,
    ) -> None:
        self.method = method
        self.dead: Failed | None = None
        """Set once a call hung, crashed or left something: every later call fails the same way."""
        self._printed = ""
        self.worker_pid = 0
        self._submission = submission
        self._functions = tuple(functions)
        self.limit = limit
        self._spent = 0.0
        self._worker: Worker | None = None
        self._frames: Frames | None = None
        self._answer: Any = None
        self._ended = ""
        self._under_way = False
        self._start_method: str | None = None
        self._helpers: list[int] = []
        self._shared: tuple[str, ...] = ()
        self._lull = Lull(submission.reactor, self._caller)
        self._clocks: list[Meeting | Stillness | Standstill] = []
        self._standstill: float | None = None
        self._still = False
        self._call = ""

    # -- what property tests use -------------------------------------------------------------

    @property
    def ctx(self) -> Context:
        """The multiprocessing context under test, as an argument for `call`."""
        assert self.method is not None, "this exercise starts no processes: see course.toml"
        return Context(self.method)

    @property
    def system(self) -> str:
        """The operating system on which the submission runs, as `sys.platform` names it."""
        return self._submission.system

    def given(self, name: str, *args: object) -> Given:
        """A name of the ``given`` package, as an argument for `call`.

        Args:
            name: of a function, a class or an object.
            args: its first arguments; what the submission gets is then a ``functools.partial``.
        """
        return Given(name, args)

    def place(self, guest: object, name: str, methods: Iterable[str] = ("__call__",)) -> Placed:
        """Put an object of the property within reach of the submission; see `Witness.place`."""
        return self._submission.witness.place(guest, name, methods)

    def meeting(self, size: int) -> tuple[Meeting, Placed]:
        """A meeting point for ``size`` processes: the object to look at, and the argument."""
        meeting = self._watched(Meeting, size)
        return meeting, self.place(meeting, "meeting point", ("wait",))

    def departure(self, size: int) -> list[Placed]:
        """Meeting points, one for each of ``size`` processes, that let them go one by one.

        The process that waits at the last one is let go first, each other one when the process
        before it has ended: so the order in which they end is the reverse of this list.
        """
        departure = self._watched(Departure, size)
        return [
            self.place(departure.seat(number), f"meeting point {number}", ("wait",))
            for number in range(size)
        ]

    def _watched(self, kind: type[_Meeting], size: int) -> _Meeting:
        meeting = kind(size, self._submission.reactor, self._patience(), self._when_still)
        self._clocks.append(meeting)
        return meeting

    def _patience(self) -> float:
        return PATIENCE if self.limit is None else min(PATIENCE, self.limit / 3)

    def reports(self, name: str = "report") -> tuple[Reports, Placed]:
        """A function that reports its arguments to the grader: the reports, and the argument."""
        reports = Reports()
        return reports, self.place(reports, name)

    def lifeline(self, name: str = "lifeline") -> tuple[Lifeline, Placed]:
        """Something that every process calls once, and that then knows whether it still lives."""
        lifeline = Lifeline()
        return lifeline, self.place(lifeline, name)

    def lookout(self, name: str = "lookout") -> tuple[Lookout, Placed]:
        """Something that sees, at each call, which processes are below its caller."""
        lookout = Lookout(self._submission.reactor, self._submission.host.census)
        return lookout, self.place(lookout, name)

    def lull(self) -> Lull:
        """Holds a caller until the submission's call waits; to be placed, or asked."""
        return self._lull

    def _caller(self) -> Process | None:
        """The process that runs the call, while the call runs."""
        if not self._under_way:
            return None
        below = self._submission.host.census().below
        return next((each for each in below if each.pid == self.worker_pid), None)

    def rest(self, seconds: float, patience: float | None = None) -> Rest:
        """Holds a caller until no process has moved for so long; to be placed, or asked.

        Args:
            seconds: without a movement.
            patience: seconds after which the caller goes on in any case: a right solution that looks
                again and again, instead of waiting, never rests. Left out: that of a meeting.
        """
        longest = max(seconds, self._patience()) if patience is None else patience
        if self._submission.attached:  # by hand nobody looks below: the time alone has to do
            longest = seconds
        return Rest(lambda then: self._when_still(seconds, then), self._submission.reactor, longest)

    def notice_standstill(self, seconds: float = QUIET) -> None:
        """For the rest of this example: a call in which nothing has moved for so long has hung.

        For mistakes after which all processes wait for each other: their students need not wait for
        the limit, and the other properties still have time to run. Not for tasks in which a right
        solution sleeps. Where the system does not tell who is asleep, the limit has to do.
        """
        self._standstill = seconds

    def standstill(
        self,
        says: str,
        *,
        after: float = 0.0,
        facts: Callable[[], dict[str, Any]] = dict,
    ) -> Standstill:
        """From now on, fail a call as soon as it is clear that it waits in vain.

        As `notice_standstill`, with words of the property's own; facts ``stuck`` and ``alone`` come
        with the failure.

        Args:
            says: what happened, in one sentence for the student.
            after: seconds that everything may sleep by right, for a limit of the task's own.
            facts: asked for more when it fails.
        """

        def fail() -> None:
            if self._under_way:
                found = {"stuck": True, "alone": True, **facts()}
                raise Failed(Status.WRONG, says, facts=found)

        def watch(then: Callable[[], None]) -> Stillness:
            return self._when_still(QUIET, then)

        standstill = Standstill(self._submission.reactor, watch, after, fail)
        self._clocks.append(standstill)
        return standstill

    def _when_still(self, seconds: float, then: Callable[[], None]) -> Stillness:
        watch = Stillness(self._submission.reactor, self._stillness, seconds, then)
        self._clocks.append(watch)
        return watch

    def _stillness(self) -> object:
        """What stays the same while nothing moves; None while something does."""
        if self._submission.attached:
            return None
        below = self._submission.host.census().below
        if not all(each.state in _ASLEEP for each in below):
            return None
        moments = [(each.pid, each.state, each.ticks) for each in below]
        return moments, self._submission.witness.exchanges

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is true, while the submission's processes are served."""
        with self._supervised():
            return self._submission.reactor.wait(until, time.monotonic() + seconds)

    def call(self, function: str, *args: object) -> Any:
        """Call a function of the submission and return what it returned.

        Args:
            function: its name.
            args: plain values, `ctx`, `given` and placed objects.

        Raises:
            Failed: it raised, hung, crashed, left something behind or changed its arguments.
        """
        return self.value_of(self.attempt(function, *args))

    def value_of(self, outcome: Outcome) -> Any:
        """The value of an outcome; for a property that looks at something else before.

        Raises:
            Failed: the function raised.
        """
        if outcome.error is not None:
            raise self._failed(
                Status.RAISED,
                f"{outcome.function} raised {outcome.error_text}",
                facts={"error": outcome.error},
            )
        return outcome.value

    def attempt(self, function: str, *args: object) -> Outcome:
        """As `call`, for calls that may raise: the exception comes back in the outcome."""
        return self._order("call", function, args, {"function": function})

    def drive(self, driver: str, *args: object) -> Any:
        """Call a helper of the course that works beside the student's code; return what it returns.

        For what can only be built or looked at there. The helper is the function ``driver`` of the
        exercise's module in ``exercises/drivers``; it gets the student's module first, then the
        arguments, and reports what it saw. It never judges: what it says could be forged.

        Raises:
            Failed: as `call`.
        """
        module = self._submission.drivers
        return self.value_of(self._order("drive", driver, args, {"driver": f"{module}.{driver}"}))

    def _order(
        self, kind: str, function: str, args: tuple[object, ...], name: dict[str, str]
    ) -> Outcome:
        if self.dead is not None:
            raise self.dead
        self._call = f"{function}({', '.join(map(repr, args))})"
        order = {"do": kind, **name, "args": [self._argument(each) for each in args]}
        try:
            with self._supervised():
                self._open()
                return self._outcome(function, args, self._ask(order))
        except Failed:
            self._abandon()
            raise
        except wire.WireError as error:
            self._abandon()
            raise self._failed(
                Status.CRASHED, f"It broke the grader's protocol: {error}."
            ) from None

    def _outcome(self, function: str, args: tuple[object, ...], answer: dict[str, Any]) -> Outcome:
        """What an answer says; whatever it is made of, no more than a `Failed` or `WireError`."""
        try:
            self._after_call(function, args, answer)
            if "raised" in answer:
                return self._outcome_of_error(function, answer)
            return Outcome(function, wire.decode(answer.get("ok")))
        except RecursionError:
            raise wire.WireError("an answer nested too deep") from None

    @contextlib.contextmanager
    def _supervised(self) -> Iterator[None]:
        try:
            yield
        except SupervisorLost:
            self._abandon()
            raise self._die(
                Status.CRASHED, "The grader's own process was killed or stopped during the call."
            ) from None

    # -- what the run uses ---------------------------------------------------------------------

    def begin(self) -> None:
        """A new example begins: objects of the one before are out of reach."""
        for clock in self._clocks:
            clock.close()
        self._clocks.clear()
        self._standstill = None
        self._submission.witness.forget()
        self._call = self._printed = ""
        if self._worker is not None:
            self._take_output()
            self._printed = ""

    def finish(self) -> None:
        """The property is over: end the worker, and see what it leaves.

        Raises:
            Failed: processes, ports or shared memory are left.
        """
        try:
            if self._worker is not None:
                with self._supervised():
                    self._check_left_behind("the last call", ports=True)
                    self._check_shared_memory(self._end_in_order())
        finally:
            self.close()

    def _end_in_order(self) -> str:
        """Let the worker end by itself, and return what its processes say while they end.

        Then the resource tracker of multiprocessing cleans up what nobody unlinked, and says so:
        that names the submission's own blocks, where a look at /dev/shm would see everybody's.
        """
        assert self._worker is not None
        assert self._frames is not None
        self._take_output()
        self._frames.close()
        census = self._submission.host.ended(_END_WITHIN)
        if census.below:
            raise self._die(
                Status.LEFT_BEHIND,
                "When everything was over, the process that ran your code was asked to end, and "
                f"after {_END_WITHIN:g} s {_describe_left(list(census.below), ())}.",
                facts={"left": list(census.below)},
            )
        self._shared = census.shared
        self._worker_drain()
        return self._worker.out.take() + self._worker.err.take()

    def _check_shared_memory(self, last_words: str) -> None:
        leaked = _LEAKED.findall(last_words)
        if not leaked and self._shared:  # seen in a sandbox, which has its own
            leaked = [(str(len(self._shared)), "shared memory")]
        if leaked:
            what = " and ".join(f"{count} {kind.replace('_', ' ')}" for count, kind in leaked)
            raise self._die(
                Status.LEFT_BEHIND,
                f"When everything was over, {what} had not been unlinked.",
                facts={"leaked": leaked},
            )

    def close(self) -> None:
        """End the worker and everything below it."""
        self.begin()
        self._abandon()

    def explain(self, failed: Failed) -> None:
        """Add to a failure what the session knows: the call, its process, its output."""
        failed.call = failed.call or self._call
        failed.facts.setdefault("worker", self.worker_pid)
        self._take_output()
        failed.printed = failed.printed or self._printed
        failed.facts.setdefault("printed", failed.printed)

    def renew(self) -> None:
        """Use a fresh worker from the next call on."""
        self._abandon()

    # -- inside --------------------------------------------------------------------------------

    def _open(self) -> None:
        if self._worker is not None:
            return
        if self._submission.broken is not None:
            raise self._submission.broken
        if self._submission.host.events.lost:
            self._submission.renew_host()
        worker = self._submission.host.open()
        self._worker = worker
        self.worker_pid = worker.pid
        self._ended = ""
        self._helpers = []
        self._frames = Frames(
            self._submission.reactor, worker.channel, self._on_frame, self._on_end
        )
        self._import()

    def _import(self) -> None:
        name = self._submission.file_name
        limit = _IMPORT_WITHIN if self.limit is None else min(_IMPORT_WITHIN, self.limit)
        try:
            answer = self._ask({"do": "import", "module": self._submission.module}, limit)
            self._judge_import(answer)
        except Failed as failed:
            failed.call = f"import {self._submission.module}"
            failed.facts["importing"] = True
            if failed.status is Status.TIMED_OUT:
                failed.says = f"Importing {name} did not end within {limit:g} s."
            elif failed.status is Status.CRASHED:
                failed.says = f"Importing {name} ended the process: {failed.says}"
            self._submission.broken = failed
            raise
        self._worker_drain()
        printed = self._worker.out.take() if self._worker else ""
        remark = f"Importing {name} prints something: keep that behind the main guard."
        if printed and remark not in self._submission.remarks:
            self._submission.remarks.append(remark)

    def _judge_import(self, answer: dict[str, Any]) -> None:
        self._start_method = answer.get("method")
        if "raised" in answer:
            outcome = self._outcome_of_error("import", answer)
            name = self._submission.file_name
            raise Failed(
                Status.RAISED,
                f"{name} cannot be imported: {outcome.error_text}",
                facts={"error": outcome.error},
            )
        defined = answer.get("ok")
        for function in self._functions:
            if not isinstance(defined, list) or function not in defined:
                raise Failed(
                    Status.WRONG,
                    f"{self._submission.file_name} defines no function {function}.",
                    facts={"missing": function},
                )

    def _argument(self, value: object) -> Any:
        return wire.encode(value, reference)

    def _on_frame(self, frame: Any) -> None:
        if self._answer is not None or not isinstance(frame, dict):
            self._ended = "it wrote to the grader's channel"
            return
        self._answer = frame

    def _on_end(self, reason: str) -> None:
        self._ended = self._ended or reason

    def _ask(self, order: dict[str, Any], limit: float | None = None) -> dict[str, Any]:
        assert self._frames is not None
        host, reactor = self._submission.host, self._submission.reactor
        events = host.events
        started = time.monotonic()
        left = limit if self.limit is None else self.limit - self._spent
        seconds = left if limit is None or left is None else min(limit, left)
        deadline = None if seconds is None else started + seconds
        self._answer = None
        self._trace(order)
        self._still = False
        if self._standstill is not None and limit is None:
            watch = self._when_still(self._standstill, self._stands_still)
        else:
            watch = None

        def over() -> bool:
            return bool(
                self._answer is not None
                or self._still
                or self._ended
                or events.died is not None
                or events.brake
                or events.lost
                or self._flooded()
            )

        try:
            self._frames.send(order, deadline or started + 60)
            self._under_way = True
            in_time = reactor.wait(over, deadline)
            if self._ended and self._answer is None:
                # The end of the channel comes before the news why.
                reactor.wait(
                    lambda: bool(events.died is not None or events.brake or events.lost),
                    time.monotonic() + 1.0,
                )
        finally:
            self._under_way = False
            self._spent += time.monotonic() - started
            if watch is not None:
                watch.close()
        if events.brake:
            raise self._too_many(*events.brake)
        if events.lost:
            raise SupervisorLost
        if self._flooded():
            raise self._die(
                Status.TOO_MANY,
                f"It printed more than {MAX_OUTPUT // 1024**2} MB, and was stopped.",
            )
        if self._still and self._answer is None:
            raise self._hung(
                f"It did not end: for {self._standstill:g} s none of its processes had moved."
            )
        if not in_time:
            raise self._hung(
                f"It did not end: the limit is {self.limit:g} s for all calls together."
            )
        if self._ended or self._answer is None:
            raise self._crashed(events.died)
        check_shape(self._answer)
        if "unsendable" in self._answer:
            why = claim(self._answer["unsendable"], 300)
            raise self._failed(Status.WRONG, f"It returned what no caller can use: {why}.")
        answer: dict[str, Any] = self._answer
        return answer

    def _stands_still(self) -> None:
        self._still = True

    def _flooded(self) -> bool:
        worker = self._worker
        streams = () if worker is None else (worker.out, worker.err)
        return any(stream.printed > MAX_OUTPUT for stream in streams)

    def _trace(self, order: dict[str, Any]) -> None:
        if self._submission.trace is not None:
            entry = {"session": id(self), "method": self.method, **order}
            with self._submission.trace.open("a", encoding="ascii") as file:
                file.write(json.dumps(entry) + "\n")

    def _failed(self, status: Status, says: str, **more: Any) -> Failed:
        failed = Failed(status, says, **more)
        failed.call = self._call
        return failed

    def _die(self, status: Status, says: str, **more: Any) -> Failed:
        self.dead = self._failed(status, says, **more)
        return self.dead

    def _too_many(self, processes: int, memory: int, seconds: float) -> Failed:
        limits = self._submission.limits
        what = f"{memory // 1024**2} MB of memory"
        if processes > limits.max_processes:
            what = f"{processes} processes"
        elif seconds > limits.max_cpu:
            what = f"processes that had used {seconds:.0f} s of CPU"
        return self._die(
            Status.TOO_MANY,
            f"The call had {what} at once, and was stopped. The usual cause is a missing main "
            "guard: under spawn every child runs the module again; what starts processes belongs "
            'behind if __name__ == "__main__":',
            facts={"processes": processes, "memory": memory, "seconds": seconds},
        )

    def _crashed(self, exitcode: int | None) -> Failed:
        if exitcode is None:
            how = self._ended or "the connection was closed"
        elif exitcode < 0:
            how = f"it was killed by {_signal_name(-exitcode)}"
        else:
            how = f"it ended with exit code {exitcode}"
        return self._die(
            Status.CRASHED,
            f"The process that ran your code did not come back: {how}."
            + self._submission.host.limit_behind(None),
            facts={"exitcode": exitcode},
        )

    def _hung(self, says: str) -> Failed:
        failed = self._die(Status.TIMED_OUT, says)
        host = self._submission.host
        try:
            below = host.census().below
            host.freeze()
            self._take_output()
            deaf = 0.0  # seconds that were spent on those that do not answer
            for process in below:
                if process.state == "Z" or deaf > _STACKS_WITHIN:
                    continue
                asked = time.monotonic()
                if not host.stacks(process.pid):
                    deaf += time.monotonic() - asked
                    continue
                self._worker_drain()
                text = self._worker.err.take() if self._worker else ""
                role = "your call" if process.pid == self.worker_pid else "a child process"
                failed.stacks += stacks.readable(
                    text, f"process {process.pid} ({role})", self._submission.file_name
                )
        except SupervisorLost:
            failed.says += " Its stacks could not be read."
        return failed

    def _outcome_of_error(self, function: str, answer: dict[str, Any]) -> Outcome:
        error = Described(answer["raised"], self._submission.file_name)
        text = error.line()
        signature = answer.get("signature")
        if isinstance(signature, str) and signature and error.type == "TypeError":
            text += f" Your function is {signature[:200]}, the call was {self._call}."
        first = error.args[0] if error.args else None
        text += self._submission.host.limit_behind(first if type(first) is int else None)
        return Outcome(function, MISSING, wire.Raised(error.type, error.args), error.text, text)

    def _after_call(self, function: str, args: tuple[object, ...], answer: dict[str, Any]) -> None:
        threads = answer.get("threads")
        if threads:
            raise self._die(
                Status.LEFT_BEHIND,
                f"{function} came back, but threads that it started still run: "
                f"{compare.short(threads, 100)}.",
                facts={"threads": threads},
            )
        self._helpers = answer.get("helpers") or []
        if self._submission.processes:
            self._check_left_behind(function)
            if answer.get("method") != self._start_method:
                raise self._failed(
                    Status.WRONG,
                    f"{function} changed the start method of the whole program; use only ctx.",
                    facts={"set_start_method": True},
                )
        if "after" in answer and not unchanged(args, answer["after"]):
            raise self._failed(
                Status.WRONG,
                f"{function} changed what it was given: {changes(args, answer['after'])}. "
                "The caller's own objects must stay as they were.",
                facts={"changed_arguments": True},
            )

    def _check_left_behind(self, function: str, ports: bool = False) -> None:
        if self._submission.attached:
            return
        deadline = time.monotonic() + _GRACE
        while True:
            census = self._submission.host.census(ports)
            # A helper is one that the worker names and that the system calls so, too.
            named = self._helpers[:_HELPERS]
            if census.helpers is not None:
                named = [pid for pid in named if pid in census.helpers]
            ours = (self.worker_pid, *named)
            left = [each for each in census.below if each.pid not in ours]
            if not left and not census.ports:
                return
            hopeless = all(each.state == "Z" and each.parent == self.worker_pid for each in left)
            if (left and hopeless) or time.monotonic() > deadline:
                break
            self._submission.reactor.wait(lambda: False, time.monotonic() + 0.01)
        raise self._die(
            Status.LEFT_BEHIND,
            f"{function} came back, but {_describe_left(left, census.ports)}.",
            facts={"left": left, "ports": census.ports},
        )

    def _worker_drain(self) -> None:
        if self._worker is not None:
            self._worker.drain()

    def _take_output(self) -> None:
        """Add to what the present example printed."""
        if self._worker is not None:
            self._worker_drain()
            self._printed += self._worker.out.take() + self._worker.err.take()

    def _abandon(self) -> None:
        """End the worker and everything below it; keep what it printed."""
        if self._worker is None:
            return
        worker = self._worker
        self._take_output()
        with contextlib.suppress(SupervisorLost):
            self._submission.host.reset()
        self._worker = None
        worker.close()
        if self._frames is not None:
            self._frames.close()


def _describe_left(left: list[Process], ports: tuple[int, ...]) -> str:
    parts = []
    zombies = sum(each.state == "Z" for each in left)
    running = len(left) - zombies
    if running:
        parts.append(f"{running} process{'es' if running > 1 else ''} it started still run")
    if zombies:
        parts.append(
            f"nobody waited for {zombies} child{'ren' if zombies > 1 else ''} that ended "
            "(zombie: join() was not called)"
        )
    if ports:
        parts.append(f"port {', '.join(map(str, ports))} is still open")
    return " and ".join(parts)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
