"""Exercise 01_1: one line of jobs serves all three policies."""

from collections import deque
from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    order = list(range(len(jobs)))
    if policy == "sjf":
        order.sort(key=lambda i: jobs[i])  # a stable sort: ties stay in input order
    longest_turn = quantum if policy == "rr" else max(jobs, default=0)

    line = deque(order)
    left = list(jobs)
    waits = [0] * len(jobs)
    now = 0
    while line:
        i = line.popleft()
        turn = min(left[i], longest_turn)
        now += turn
        left[i] -= turn
        if left[i]:
            line.append(i)
        else:
            waits[i] = now - jobs[i]
    return waits
