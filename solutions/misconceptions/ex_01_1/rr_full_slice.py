"""A job that ends inside its slice gives the rest back at once.

caught-by: P4
methods: once
"""

from collections import deque
from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    order = list(range(len(jobs)))
    if policy == "sjf":
        order.sort(key=lambda i: jobs[i])
    waits = [0] * len(jobs)
    now = 0
    if policy != "rr":
        for i in order:
            waits[i] = now
            now += jobs[i]
        return waits

    left = list(jobs)
    stopped_at = [0] * len(jobs)
    line = deque(order)
    while line:
        i = line.popleft()
        waits[i] += now - stopped_at[i]
        now += quantum
        left[i] -= quantum
        if left[i] > 0:
            stopped_at[i] = now
            line.append(i)
    return waits
