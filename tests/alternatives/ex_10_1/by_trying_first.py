"""Tries without waiting, and waits only where that fails, for what is left of the item's time."""

import queue
import time

from given import Backlog


def feed(q, items, limit):
    placed = -1
    for placed, item in enumerate(items):
        until = time.monotonic() + limit
        try:
            q.put_nowait(item)
        except queue.Full:
            pass
        else:
            continue
        try:
            q.put(obj=item, block=True, timeout=until - time.monotonic())
        except queue.Full as full:
            raise Backlog(placed) from full
    return placed + 1
