"""pop() takes the last entry: of a list in rising order that is the longest job.

caught-by: P2
methods: once
"""

from collections import deque
from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    waits = [0] * len(jobs)
    now = 0
    if policy == "sjf":
        pending = sorted((need, i) for i, need in enumerate(jobs))
        while pending:
            need, i = pending.pop()
            waits[i] = now
            now += need
        return waits

    line = deque(enumerate(jobs))
    while line:
        i, left = line.popleft()
        turn = left if policy == "fcfs" else min(quantum, left)
        now += turn
        if left > turn:
            line.append((i, left - turn))
        else:
            waits[i] = now - jobs[i]
    return waits
