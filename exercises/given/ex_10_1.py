"""Given for exercise 10_1: an exception to raise, and a reader that takes its time."""

from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event

__all__ = ["END", "Backlog", "slow_reader"]


class Backlog(Exception):
    """An item found no place in the queue in time.

    Args:
        delivered: how many items were in the queue, or through it, by then.
    """

    def __init__(self, delivered: int) -> None:
        super().__init__(delivered)
        self.delivered = delivered


class END:
    """Put into the queue as it is, this class tells the reader that nothing more comes."""


def slow_reader(q: Queue, over: Event, take: Callable[[object], object]) -> None:
    """Take the items one by one, each only when the queue is full, and pass each to `take`.

    Once `over` is set it waits no longer for a full queue: the feeder has put its last item.
    This is the only reader, so that a queue which was full once stays full until it takes one.
    """
    while True:
        while not q.full() and not over.wait(0.002):
            pass
        item = q.get()
        if item is END:
            return
        take(item)
