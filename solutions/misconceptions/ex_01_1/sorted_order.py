"""Callers match waits by input position, not by order of service.

caught-by: P1
methods: once
"""

from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    if policy == "rr":
        return round_robin(jobs, quantum)
    waits = []
    now = 0
    for need in sorted(jobs) if policy == "sjf" else jobs:
        waits.append(now)
        now += need
    return waits


def round_robin(jobs: Sequence[int], quantum: int) -> list[int]:
    """Give turns of `quantum` units until nobody needs more."""
    waits = [0] * len(jobs)
    left = list(jobs)
    now = 0
    while any(left):
        for i in range(len(jobs)):
            if left[i] > 0:
                turn = min(quantum, left[i])
                now += turn
                left[i] -= turn
                if left[i] == 0:
                    waits[i] = now - jobs[i]
    return waits
