"""Exercise 01_2: look first, then see how much time is left, then pause for no more than that."""

from collections.abc import Callable

from given import Clock


def wait_until(done: Callable[[], bool], limit: float, step: float, clock: Clock) -> bool:
    """Ask `done` again and again; return whether it became true in time."""
    deadline = clock.now() + limit
    while not done():
        left = deadline - clock.now()
        if left <= 0:
            return False
        clock.sleep(min(step, left))
    return True
