"""jobs.sort() sorts the list of the caller: sort a copy, or the positions.

caught-by: P1
methods: once
"""

from collections import deque
from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`."""
    asked = list(jobs)
    if policy == "sjf":
        jobs.sort()
    if policy != "rr":
        starts: dict[int, list[int]] = {}
        now = 0
        for need in jobs:
            starts.setdefault(need, []).append(now)
            now += need
        return [starts[need].pop(0) for need in asked]

    line = deque(enumerate(jobs))
    waits = [0] * len(jobs)
    now = 0
    while line:
        i, left = line.popleft()
        turn = min(quantum, left)
        now += turn
        if left > turn:
            line.append((i, left - turn))
        else:
            waits[i] = now - jobs[i]
    return waits
