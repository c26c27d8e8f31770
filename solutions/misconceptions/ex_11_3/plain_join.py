"""q.join() never returns when a consumer died holding an item.

caught-by: P3
methods: fork spawn forkserver
"""

import traceback
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.queues import JoinableQueue
from typing import Any


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
    q.join()
    return True
