"""Cut the last pause to the time left.

caught-by: P3
methods: once
"""

from collections.abc import Callable

from given import Clock


def wait_until(done: Callable[[], bool], limit: float, step: float, clock: Clock) -> bool:
    """Ask `done` again and again; return whether it became true in time."""
    deadline = clock.now() + limit
    while not done():
        if clock.now() >= deadline:
            return False
        clock.sleep(step)
    return True
