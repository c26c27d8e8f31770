"""put_nowait() and a print of "queue full!" lose the item: put() waits for room.

caught-by: P1
methods: fork spawn forkserver
"""

import queue
from collections.abc import Iterable
from multiprocessing.queues import Queue


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were."""
    delivered = 0
    for item in items:
        try:
            q.put_nowait(item)
            delivered += 1
        except queue.Full:
            print("queue full!")
    return delivered
