"""A full queue is no error yet: wait for room before you complain.

caught-by: P1
methods: fork spawn forkserver
"""

import queue
from collections.abc import Iterable
from multiprocessing.queues import Queue

from given import Backlog


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were."""
    delivered = 0
    for item in items:
        try:
            q.put_nowait(item)
        except queue.Full:
            raise Backlog(delivered) from None
        delivered += 1
    return delivered
