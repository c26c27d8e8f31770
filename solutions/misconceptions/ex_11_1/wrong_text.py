"""The text of an exception is str(error): not the object, and not its first argument.

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
    while (item := tasks.get()) is not STOP:
        count += 1
        try:
            answer = (item, "ok", handle(item))
        except Exception as error:
            answer = (item, "error", error.args[0])
        results.put(answer)
    return count
