"""Exercise 11_1: wait for each item, answer it whatever happens, and leave at STOP only."""

from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def worker(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> int:
    """Handle items and answer them until STOP comes; return how many there were."""
    count = 0
    while (item := tasks.get()) is not STOP:
        count += 1
        try:
            answer = (item, "ok", handle(item))
        except Exception as error:
            answer = (item, "error", str(error))
        results.put(answer)
    return count
