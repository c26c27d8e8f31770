"""Given for exercise 11_3: a look at the count of a JoinableQueue, and a way to die at work."""

import os
from multiprocessing.queues import JoinableQueue
from typing import Any

__all__ = ["dies_on", "unfinished"]


def unfinished(q: JoinableQueue) -> int:
    """Say how many items were put and have not been reported as done, without waiting.

    0 means that ``q.join()`` would come back at once. Where the system cannot count (macOS),
    every other number is 1.
    """
    count = q._unfinished_tasks  # a semaphore: put() adds one, task_done() takes one away
    try:
        return count._semlock._get_value()
    except NotImplementedError:
        return 0 if count._semlock._is_zero() else 1


def dies_on(bad: Any, item: Any) -> None:
    """End this process at once and without a word when the item is ``bad``; else do nothing.

    ``functools.partial(dies_on, "x")`` is a function of one item.
    """
    if item == bad:
        os._exit(1)
