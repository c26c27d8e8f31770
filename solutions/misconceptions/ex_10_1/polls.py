"""put() waits by itself, and wakes at the right moment: no loop around put_nowait().

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
    for item in items:
        deadline = time.monotonic() + limit
        while True:
            try:
                q.put_nowait(item)
                break
            except queue.Full:
                if time.monotonic() > deadline:
                    raise Backlog(delivered) from None
                time.sleep(0.01)
        delivered += 1
    return delivered
