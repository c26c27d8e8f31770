"""No simulation: what the others do before a job ends, added up.

A job that needs k turns sees k turns of each job before it in the line, and k - 1 of each behind.
"First come, first served" is round robin with a turn that is long enough for everybody.
"""

from itertools import accumulate


def waiting_times(jobs, policy, quantum=1):
    if not jobs:
        return []
    if policy == "sjf":
        order = sorted(range(len(jobs)), key=jobs.__getitem__)
        starts = accumulate((jobs[i] for i in order[:-1]), initial=0)
        return [start for _, start in sorted(zip(order, starts, strict=True))]
    turn = quantum if policy == "rr" else max(jobs)
    result = []
    for i, need in enumerate(jobs):
        k = -(-need // turn)
        before = sum(min(other, turn * k) for other in jobs[:i])
        behind = sum(min(other, turn * (k - 1)) for other in jobs[i + 1 :])
        result.append(before + behind)
    return result
