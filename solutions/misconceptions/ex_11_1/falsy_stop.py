"""if not item: also stops at 0, at None and at an empty text.

caught-by: P1
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def worker(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> int:
    """Handle items and answer them until STOP comes; return how many there were."""
    count = 0
    while True:
        item = tasks.get()
        if not item or item is STOP:
            break
        count += 1
        try:
            answer = (item, "ok", handle(item))
        except Exception as error:
            answer = (item, "error", str(error))
        results.put(answer)
    return count
