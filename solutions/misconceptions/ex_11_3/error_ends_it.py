"""finally reports the item, and the exception still leaves the loop: catch it.

caught-by: P1
methods: fork spawn forkserver
"""

import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.queues import JoinableQueue
from typing import Any

from given import unfinished


def consume(q: JoinableQueue, handle: Callable[[Any], Any]) -> None:
    """Handle items for ever, and report each as done exactly once."""
    while True:
        item = q.get()
        try:
            handle(item)
        finally:
            q.task_done()


def wait_done(q: JoinableQueue, consumers: Sequence[BaseProcess], limit: float) -> bool:
    """Wait until everything is done; False if that takes too long or cannot be any more."""
    deadline = time.monotonic() + limit
    while unfinished(q) > 0:
        if time.monotonic() >= deadline:
            return False
        if not all(consumer.is_alive() for consumer in consumers):
            return unfinished(q) == 0
        time.sleep(0.01)
    return True
