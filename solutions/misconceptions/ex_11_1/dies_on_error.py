"""One bad item must not end the worker: catch what handle raises, inside the loop.

caught-by: P2
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def worker(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> int:
    """Handle items and answer them until STOP comes; return how many there were."""
    count = 0
    try:
        while (item := tasks.get()) is not STOP:
            count += 1
            results.put((item, "ok", handle(item)))
    except Exception as error:
        results.put((item, "error", str(error)))
    return count
