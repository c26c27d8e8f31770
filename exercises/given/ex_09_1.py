"""Given for exercise 09_1: functions that write to a pipe, and one that reads it to its end.

None of them closes its end: that is done when its process ends.
"""

import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Protocol

__all__ = ["Pause", "collect_and_report", "fail_midway", "send_all", "send_late"]


class Waits(Protocol):
    """Something to wait for: `wait()` returns when it is time to go on."""

    def wait(self) -> object: ...


class Pause:
    """A pause of some seconds, for `send_late`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def wait(self) -> None:
        """Wait for so many seconds."""
        time.sleep(self.seconds)


def send_all(items: Iterable[object], writer: Connection) -> None:
    """Send every item, each as one message."""
    for item in items:
        writer.send(item)


def fail_midway(items: Iterable[object], writer: Connection) -> None:
    """Send every item, then raise an error that nobody catches."""
    send_all(items, writer)
    raise RuntimeError("the producer breaks off, on purpose")


def send_late(pause: Waits, items: Iterable[object], writer: Connection) -> None:
    """Wait for the end of the pause, then send every item."""
    pause.wait()
    send_all(items, writer)


def collect_and_report(report: Callable[[list[object]], object], reader: Connection) -> None:
    """Receive messages until the end of the stream, then call `report` with the list of them."""
    items = []
    while True:
        try:
            items.append(reader.recv())
        except EOFError:
            break
    report(items)
