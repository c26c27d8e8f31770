"""Sleeps overrun: measure the clock, do not count the rounds.

caught-by: P1
methods: once
"""

from collections.abc import Callable

from given import Clock


def wait_until(done: Callable[[], bool], limit: float, step: float, clock: Clock) -> bool:
    """Ask `done` again and again; return whether it became true in time."""
    left = limit
    while not done():
        if left <= 0:
            return False
        pause = min(step, left)
        clock.sleep(pause)
        left -= pause
    return True
