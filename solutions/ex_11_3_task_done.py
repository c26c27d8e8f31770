"""Exercise 11_3: one report for each item, and a wait that looks at count, clock and consumers."""

import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from multiprocessing.queues import JoinableQueue
from typing import Any

from given import unfinished

LOOK = 0.01
"""Seconds from one look at the count to the next."""


def consume(q: JoinableQueue, handle: Callable[[Any], Any]) -> None:
    """Handle items for ever, and report each as done exactly once."""
    while True:
        item = q.get()
        try:
            handle(item)
        except Exception:
            traceback.print_exc()
        finally:
            q.task_done()


def wait_done(q: JoinableQueue, consumers: Sequence[BaseProcess], limit: float) -> bool:
    """Wait until everything is done; False if that takes too long or cannot be any more."""
    deadline = time.monotonic() + limit
    sentinels = [consumer.sentinel for consumer in consumers]
    while unfinished(q):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if connection.wait(sentinels, min(left, LOOK)):
            return not unfinished(q)  # the last thing it did may have been to finish
    return True
