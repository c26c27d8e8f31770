"""It may have become true during the last sleep: look once more before giving up.

caught-by: P2
methods: once
"""

from collections.abc import Callable

from given import Clock


def wait_until(done: Callable[[], bool], limit: float, step: float, clock: Clock) -> bool:
    """Ask `done` again and again; return whether it became true in time."""
    deadline = clock.now() + limit
    while clock.now() < deadline:
        if done():
            return True
        clock.sleep(min(step, deadline - clock.now()))
    return False
