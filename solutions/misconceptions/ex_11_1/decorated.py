"""A target travels by its name: a wrapper that bears another name is not found there.

caught-by: P4
methods: spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def counted(function: Callable[..., int]) -> Callable[..., int]:
    """Say how many items there were."""

    def wrapper(*args: Any) -> int:
        count = function(*args)
        print(count, "items")
        return count

    return wrapper


@counted
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
