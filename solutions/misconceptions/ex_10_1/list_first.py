"""list() takes all items before the first is put: then the queue holds nothing back.

caught-by: P3
methods: fork spawn forkserver
"""

import queue
from collections.abc import Iterable
from multiprocessing.queues import Queue

from given import Backlog


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were."""
    waiting = list(items)
    for delivered, item in enumerate(waiting):
        try:
            q.put(item, True, limit)
        except queue.Full:
            raise Backlog(delivered) from None
    return len(waiting)
