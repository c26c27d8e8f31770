"""A try around the whole loop also catches what the items raise: put one line in it.

caught-by: P3
methods: fork spawn forkserver
"""

import queue
from collections.abc import Iterable
from multiprocessing.queues import Queue

from given import Backlog


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were."""
    delivered = 0
    try:
        for item in items:
            q.put(item, timeout=limit)
            delivered += 1
    except queue.Full:
        raise Backlog(delivered) from None
    return delivered
