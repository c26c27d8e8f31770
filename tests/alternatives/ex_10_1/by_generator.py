"""A generator that does the work; what is counted is what comes out of it."""

import queue
from collections.abc import Iterable, Iterator

from given import Backlog


def _placing(q, items: Iterable, limit: float) -> Iterator[bool]:
    for item in items:
        try:
            q.put(item, timeout=limit)
        except queue.Full:
            yield False
            return
        yield True


def feed(q, items, limit):
    count = 0
    for placed in _placing(q, items, limit):
        if not placed:
            raise Backlog(delivered=count)
        count += 1
    return count
