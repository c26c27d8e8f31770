"""Exercise 01_1 · Who waits how long ★

There is one processor and there are several jobs.
All jobs arrive together at time 0, in the order of the list `jobs`.
Job i needs jobs[i] units of time on the processor.
A job waits while it is ready but not running.
Return how long each job waits in all, from time 0 until it has ended.

The policy says who runs:

"fcfs"  First come, first served.
        The jobs run in the order of the list, each one to its end.
"sjf"   Shortest job first.
        The shortest job runs to its end, then the shortest of those that are left.
"rr"    Round robin.
        The jobs stand in line, in the order of the list.
        The job at the front runs for at most `quantum` units.
        If it needs more, it goes to the back of the line.
        If it needs less, it leaves as soon as it has ended, and the next one starts right then.

Of jobs that are equally short, the one that stands first in the list runs first.
Changing from one job to another takes no time.

What you get
    jobs      a list of whole numbers, each at least 1; it may be empty
    policy    "fcfs", "sjf" or "rr"
    quantum   a whole number, at least 1; it may be longer than every job,
              and it matters for "rr" only

What you return
    A new list of whole numbers with one entry per job: entry i is the wait of job i.
    It has the order of `jobs`, whatever the order in which the jobs ran.
    Without jobs it is empty.
    The list that you were given stays as it was.

Tested are up to 12 jobs of 1 to 100 units. Other policies, a quantum below 1
and jobs of no length are not tested.

Example: waiting_times([3, 1, 2], "rr", quantum=2) is [3, 2, 3].

    time     0  1  2  3  4  5
    job 0    #  #  .  .  .  #    waits 3
    job 1    .  .  #             waits 2
    job 2    .  .  .  #  #       waits 3
"""

from collections.abc import Sequence
from typing import Literal


def waiting_times(
    jobs: Sequence[int], policy: Literal["fcfs", "sjf", "rr"], quantum: int = 1
) -> list[int]:
    """Return how long each job is ready but not running, in the order of `jobs`.

    Args:
        jobs: how many units of time each job needs.
        policy: who runs next.
        quantum: the longest turn of a job under "rr".
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("return a list with the waiting time of every job")


if __name__ == "__main__":
    jobs = [3, 1, 2]
    print("fcfs             got", waiting_times(jobs, "fcfs"), "  expected [0, 3, 4]")
    print("sjf              got", waiting_times(jobs, "sjf"), "  expected [3, 0, 1]")
    print("rr, quantum 1    got", waiting_times(jobs, "rr"), "  expected [3, 1, 3]")
    print("rr, quantum 2    got", waiting_times(jobs, "rr", 2), "  expected [3, 2, 3]")
    print("jobs afterwards  got", jobs, "  expected [3, 1, 2]")
