"""Round robin means equal slices in turn, not waits in proportion.

caught-by: P3
methods: once
"""

from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    if policy == "rr":
        # With n jobs each gets one n-th of the time: a job twice as long waits twice as long.
        return [(len(jobs) - 1) * need for need in jobs]
    order = list(range(len(jobs)))
    if policy == "sjf":
        order.sort(key=lambda i: jobs[i])
    waits = [0] * len(jobs)
    now = 0
    for i in order:
        waits[i] = now
        now += jobs[i]
    return waits
