"""The limit is for one item: a deadline that is set once leaves less and less.

caught-by: P1
methods: fork spawn forkserver
"""

import queue
import time
from collections.abc import Iterable
from multiprocessing.queues import Queue

from given import Backlog


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were."""
    delivered = 0
    deadline = time.monotonic() + limit
    for item in items:
        try:
            q.put(item, timeout=max(0.0, deadline - time.monotonic()))
        except queue.Full:
            raise Backlog(delivered) from None
        delivered += 1
    return delivered
