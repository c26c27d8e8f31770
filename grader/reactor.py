"""One loop that waits for everything at once: answers, output, witnesses, clocks.

A callback may wait itself (to ask the zygote something, for example), so callbacks read without
blocking: what they were called for may be gone by then.

The grader has no threads of its own on Linux. Who waits, waits in `Reactor.wait`; what arrives
meanwhile is handled by callbacks, and an exception of a callback ends the wait.
"""

from __future__ import annotations

import contextlib
import heapq
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

_LATE = 0.1  # seconds after a deadline for what had come in time
_LONGEST = 60.0  # seconds: a wait without a deadline still wakes now and then


class Timer:
    """A callback at a time; `cancel` it when it is not wanted any more."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def fire(self) -> None:
        if self._callback is not None:
            callback, self._callback = self._callback, None
            callback()


class Reactor:
    """Calls back for files that are ready, for timers, and for other threads."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()
        self._posted: deque[Callable[[], None]] = deque()
        self._wake_in, self._wake_out = socket.socketpair()
        for end in (self._wake_in, self._wake_out):
            end.setblocking(False)
        self.add(self._wake_in, self._run_posted)

    def add(self, file: Any, ready: Callable[[], None]) -> None:
        """Call ``ready`` whenever ``file`` (a socket or a descriptor) can be read."""
        self._selector.register(file, selectors.EVENT_READ, ready)

    def remove(self, file: Any) -> None:
        """Stop watching a file; one that is not watched is fine."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(file)

    def after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back once, when at least ``seconds`` have passed and somebody waits."""
        timer = Timer(callback)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), timer))
        return timer

    def post(self, callback: Callable[[], None]) -> None:
        """Have a callback run in the waiting thread; the one method for other threads."""
        self._posted.append(callback)
        # Full: a wake-up is on its way. Closed: nobody waits any more.
        with contextlib.suppress(OSError):
            self._wake_out.send(b"!")

    def _run_posted(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake_in.recv(4096)
        while self._posted:
            self._posted.popleft()()

    def wait(self, until: Callable[[], bool], deadline: float | None = None) -> bool:
        """Handle what comes until ``until()`` is true.

        Args:
            until: asked after everything that happened.
            deadline: a moment of `time.monotonic`, None for no limit.

        Returns:
            Whether it became true in time.
        """
        while not until():
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                return False
            for key, _ in self._selector.select(self._pause(now, deadline)):
                # Many callbacks, each with work to do, must not outlast the deadline together.
                if deadline is not None and time.monotonic() > deadline + _LATE:
                    break
                # An earlier callback of the same round may have removed the file.
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            self._fire_timers()
        return True

    def poll(self) -> None:
        """Handle what is there now, without waiting."""
        self.wait(lambda: False, time.monotonic())
        for key, _ in self._selector.select(0):
            if self._selector.get_map().get(key.fd) is key:
                key.data()

    def _pause(self, now: float, deadline: float | None) -> float:
        moments = [now + _LONGEST]
        if deadline is not None:
            moments.append(deadline)
        if self._timers:
            moments.append(self._timers[0][0])
        return max(0.0, min(moments) - now)

    def _fire_timers(self) -> None:
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2].fire()

    def close(self) -> None:
        """Give the loop's own descriptors back."""
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()
