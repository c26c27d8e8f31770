"""Objects that a property places within reach of a submission's processes: its guests here.

A guest knows who called it, when, and in which order; on Linux the kernel says which process it was.
Nothing here sleeps: callers are held until an answer is due.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.failure import Failed, Status
from grader.inside.kit import wire
from grader.reactor import Reactor, Timer
from grader.system.base import Caller, Census, Process

PATIENCE = 5.0
"""Seconds that a meeting waits after its last arrival."""
QUIET = 2.0
"""Seconds after which it gives up sooner, when every process below was asleep all that time."""


@dataclass(frozen=True)
class Placed:
    """An object of the grader that can be an argument of a call."""

    number: int
    name: str
    methods: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Visit:
    """One call of a submission's process on a placed object; answer it once, now or later."""

    def __init__(
        self,
        caller: Caller,
        process: str,
        method: str,
        args: list[Any],
        reply: Callable[[Any], None],
    ) -> None:
        self.caller = caller
        self.process = process
        """Name of the multiprocessing process, as it says itself."""
        self.method = method
        self.args = args
        self.seat = 0
        self._reply = reply

    def answer(self, value: object) -> None:
        """Let the caller go on with a value."""
        self._reply({"ok": wire.encode(value)})

    def refuse(self, why: str) -> None:
        """Let the caller go on with an error."""
        self._reply({"refused": why})


class Guest:
    """A placed object that wants the whole visit, to answer it when it likes."""

    def visited(self, visit: Visit) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Report:
    """What one process of the submission reported: who it was, and with which arguments."""

    pid: int
    process: str
    method: str | None
    args: tuple[Any, ...]


class Reports(Guest):
    """Collects the calls of a function: the target ``given.report`` of a submission's processes."""

    def __init__(self) -> None:
        self.entries: list[Report] = []

    def visited(self, visit: Visit) -> None:
        caller = visit.caller
        self.entries.append(Report(caller.pid, visit.process, caller.method, tuple(visit.args)))
        visit.answer(None)


class Lifeline(Guest):
    """Knows every process that called it, and whether it still lives.

    The kernel says so (a pidfd), not an open socket: a dead process's socket can look alive.
    """

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        """In order of arrival."""

    def visited(self, visit: Visit) -> None:
        self.callers.append(visit.caller)
        visit.answer(None)

    def living(self) -> list[int]:
        """Pids of those that are still alive."""
        return [each.pid for each in self.callers if each.alive()]


class Lull(Guest):
    """Holds each caller until the submission's own call has nothing to do but wait.

    A caller that the call itself has set off (by a signal, for example) so learns that the call has
    gone on and waits, or is dead by then: no race, and no sleeping. The kernel says it: a process
    that waits is asleep, one that merely lacks a core is not. A call that asks again and again
    without a pause waits too; it counts after a moment of computing. Where the system does not
    tell (all but Linux), nobody is held.

    Args:
        reactor: the loop.
        look: the process that runs the call, None when it is gone or its call is over.
    """

    _COMPUTED = 5  # ticks of 10 ms: far more than it takes from one step to the next

    def __init__(self, reactor: Reactor, look: Callable[[], Process | None]) -> None:
        self._reactor = reactor
        self._look = look
        self._looking = False

    def visited(self, visit: Visit) -> None:
        self._wait(visit, None)

    def _wait(self, visit: Visit, since: int | None) -> None:
        if not visit.caller.alive():
            return
        if self._looking:  # a look waits for its answer, and lets timers fire meanwhile
            self._reactor.after(0.002, lambda: self._wait(visit, since))
            return
        self._looking = True
        try:
            call = self._look() if sys.platform == "linux" else None
        finally:
            self._looking = False
        if call is None or call.state == "S":
            visit.answer(None)
            return
        begun = call.ticks if since is None else since
        if call.ticks - begun >= self._COMPUTED:
            visit.answer(None)
        else:
            self._reactor.after(0.002, lambda: self._wait(visit, begun))


class Stillness:
    """Notices when nothing below the submission has moved for a while.

    At one look after the other all processes are asleep, the same ones, and none has computed or
    spoken to the grader. One that merely lacks a core is not asleep: a busy machine is no standstill.

    Args:
        reactor: the loop.
        look: what is compared from look to look; None while something moves.
        seconds: for which nothing must have moved.
        then: called once.
    """

    _LOOKS = 8

    def __init__(
        self,
        reactor: Reactor,
        look: Callable[[], object],
        seconds: float,
        then: Callable[[], None],
    ) -> None:
        self._reactor = reactor
        self._look = look
        self._pause = seconds / self._LOOKS
        self._then = then
        self._last: object = None
        self._same = 0
        self._closed = False
        self._timer = reactor.after(self._pause, self._again)

    def _again(self) -> None:
        seen = self._look()
        if self._closed:  # while it looked: a look waits for its answer
            return
        self._same = self._same + 1 if seen is not None and seen == self._last else 0
        self._last = seen
        if self._same >= self._LOOKS:
            self.close()
            self._then()
        else:
            self._timer = self._reactor.after(self._pause, self._again)

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._timer.cancel()


class Standstill:
    """Fails a call that waits in vain, in the words of its property: when all have slept for a while.

    Args:
        reactor: the loop.
        watch: calls a function when all is still.
        after: seconds that everything may sleep by right, counted from `begin`.
        then: called once, to fail the call.
    """

    def __init__(
        self,
        reactor: Reactor,
        watch: Callable[[Callable[[], None]], Stillness],
        after: float,
        then: Callable[[], None],
    ) -> None:
        self._reactor = reactor
        self._watch = watch
        self._after = after
        self._then = then
        self._timer: Timer | None = None
        self._stillness: Stillness | None = None
        self.begin()

    def begin(self) -> None:
        """Let the time start now: what went before does not count."""
        self.close()
        self._timer = self._reactor.after(self._after, self._begin_to_look)

    def _begin_to_look(self) -> None:
        self._stillness = self._watch(self._then)

    def close(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
        if self._stillness is not None:
            self._stillness.close()


class Rest(Guest):
    """Holds each caller until nothing below the submission has moved for a while.

    So whatever the submission does by itself, it has done before the caller goes on. A call that
    never comes to rest does not hold it for ever.

    Args:
        watch: calls a function when all is still.
        reactor: the loop.
        patience: seconds after which a caller goes on in any case.
    """

    def __init__(
        self, watch: Callable[[Callable[[], None]], Stillness], reactor: Reactor, patience: float
    ) -> None:
        self._watch = watch
        self._reactor = reactor
        self._patience = patience

    def visited(self, visit: Visit) -> None:
        def go_on() -> None:
            watch.close()
            patience.cancel()
            visit.answer(None)

        watch = self._watch(go_on)
        patience = self._reactor.after(self._patience, go_on)


@dataclass(frozen=True)
class Sighting:
    """What one caller said, and which processes were below it at that moment."""

    pid: int
    args: tuple[Any, ...]
    below: tuple[Process, ...]


class Lookout(Guest):
    """Looks, while a caller is held, at the processes below it: those it started, and theirs.

    They are counted from above, not asked of the caller. Zombies count too.

    Args:
        reactor: the loop.
        census: tells who is below the submission.
    """

    def __init__(self, reactor: Reactor, census: Callable[[], Census]) -> None:
        self.sightings: list[Sighting] = []
        """In order of arrival."""
        self._reactor = reactor
        self._census = census
        self._looking = False

    def visited(self, visit: Visit) -> None:
        if self._looking:  # a look waits for its answer, and lets other callers in meanwhile
            self._reactor.after(0.002, lambda: self.visited(visit))
            return
        self._looking = True
        try:
            everybody = self._census().below
        finally:
            self._looking = False
        family, below = {visit.caller.pid}, []
        for process in everybody:  # parents stand before their children
            if process.parent in family:
                family.add(process.pid)
                below.append(process)
        self.sightings.append(Sighting(visit.caller.pid, tuple(visit.args), tuple(below)))
        visit.answer(None)


class Meeting(Guest):
    """Holds its callers until ``size`` different, living processes wait at the same time.

    Passing proves that so many were running at once. The patience counts from the last arrival;
    it ends early when nothing below the submission has moved for a while.

    Args:
        size: how many processes must come together.
        reactor: the loop.
        patience: seconds after the last arrival.
        when_still: calls a function when nothing has moved for so many seconds.

    Raises:
        Failed: in whoever waits for the submission, when the patience is over.
    """

    def __init__(
        self,
        size: int,
        reactor: Reactor,
        patience: float,
        when_still: Callable[[float, Callable[[], None]], Stillness],
    ) -> None:
        self.size = size
        self.pids: list[int] = []
        """Everybody who was let go, in order of arrival."""
        self._reactor = reactor
        self._waiting: list[Visit] = []
        self._patience = patience
        self._when_still = when_still
        self._timer: Timer | None = None
        self._stillness: Stillness | None = None

    def visited(self, visit: Visit) -> None:
        self.close()
        self._waiting.append(visit)
        living = {each.caller.pid: each for each in self._waiting if each.caller.alive()}
        if len(living) < self.size:
            self._timer = self._reactor.after(self._patience, self._give_up)
            self._stillness = self._when_still(QUIET, self._give_up)
            return
        self.pids += [each.caller.pid for each in self._waiting]
        self._waiting = []
        self.let_go(list(living.values()))

    def let_go(self, together: list[Visit]) -> None:
        """All are here: answer them, the last to come first."""
        for visit in reversed(together):
            visit.answer(None)

    def _give_up(self) -> None:
        came = sorted({each.caller.pid for each in self._waiting if each.caller.alive()})
        raise Failed(
            Status.WRONG,
            f"{self.size} processes were to be at work at the same time; "
            f"only {len(came)} came to the meeting point.",
            facts={"met": len(came), "size": self.size, "waiting": tuple(came), "alone": True},
        )

    def close(self) -> None:
        """Stop the clocks."""
        if self._timer is not None:
            self._timer.cancel()
        if self._stillness is not None:
            self._stillness.close()


class Departure(Meeting):
    """A meeting that its members leave one by one, from the last seat, each after a death.

    So the order in which processes end is known, whatever the order in which they came. Every
    member waits on a seat of its own, see `seat`.
    """

    def seat(self, number: int) -> Guest:
        """The object on which member ``number`` waits, from 0."""
        return _Seat(self, number)

    def let_go(self, together: list[Visit]) -> None:
        self._leave(sorted(together, key=lambda visit: visit.seat))

    def _leave(self, left: list[Visit]) -> None:
        if not left:
            return
        last = left.pop()
        last.answer(None)

        def when_gone() -> None:
            if last.caller.alive():
                self._timer = self._reactor.after(0.001, when_gone)
            else:
                self._leave(left)

        when_gone()


class _Seat(Guest):
    def __init__(self, departure: Departure, number: int) -> None:
        self._departure = departure
        self._number = number

    def visited(self, visit: Visit) -> None:
        visit.seat = self._number
        self._departure.visited(visit)
