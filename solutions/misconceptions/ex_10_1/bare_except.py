"""except: hides real errors and Ctrl-C: catch queue.Full, and nothing else.

caught-by: P3
methods: fork spawn forkserver
"""

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
    except:  # noqa: E722 - the mistake
        raise Backlog(delivered) from None
    return delivered
