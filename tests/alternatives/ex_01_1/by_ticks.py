"""Unit by unit: in every unit of time one job runs, and all others that are left wait."""

import heapq


def _next(line, policy):
    return heapq.heappop(line) if policy == "sjf" else line.pop(0)


def waiting_times(jobs, policy, quantum=1):
    line = [(need, i) if policy == "sjf" else (0, i) for i, need in enumerate(jobs)]
    if policy == "sjf":
        heapq.heapify(line)
    left = dict(enumerate(jobs))
    waits = [0 for _ in jobs]
    while line:
        entry = _next(line, policy)
        i = entry[1]
        turn = 0
        while i in left and not (policy == "rr" and turn == quantum):
            for other in left:
                if other != i:
                    waits[other] += 1
            turn += 1
            left[i] -= 1
            if left[i] == 0:
                del left[i]
        if i in left:
            line.append(entry)
    return waits
