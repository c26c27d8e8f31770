"""Exercise 04_2 · Ask, then tell, then force ★★

End a child process with as little force as it needs.

stop takes these steps, and no more of them than it has to:
    1. It calls ask() once, and waits for the process to end, up to `grace` seconds.
    2. If the process still runs, it terminates it (SIGTERM) and waits up to `grace` seconds again.
    3. If it still runs, it kills it (SIGKILL) and waits until it has ended.
Each of the two waits has its own full `grace`, and is over as soon as the process has ended.

What you get
    proc    a process that was started: a Process made by some context.
            Which start method made it does not matter.
    ask     a function without arguments that asks the process to end. It returns at once.
            What the process makes of it is its own affair; it may take its time.
    grace   seconds, a float above 0

What you return
    The last step that stop took, one of three strings:
    "asked"        the process ended after step 1
    "terminated"   it ended after step 2
    "killed"       it needed step 3
    The steps decide, not the exit code. A process that had ended before stop was called is
    "asked", with whatever exit code (-9 too), whether anybody has joined it before or not.
    For such a process you may call ask() or not, as you like.

When stop returns, the process has ended, nothing of it is left (no zombie), and proc knows its
exit code. Do not call proc.close(): the caller wants to read proc.exitcode.

terminate() or os.kill with the same signal: both are fine. What counts is what reaches the
process. A signal sent to one that has ended reaches nobody.
If ask() raises an exception, let it pass; the process may then stay as it is.

Tested with children made under "fork", "spawn" and "forkserver", from given/ex_04_2.py
(in the tests they report to the grader):
    polite(bell)     ends when asked, after its last words: exit code 0
    deaf(bell)       does not hear you, and ends on SIGTERM after a moment: exit code -15
    stubborn(bell)   does not hear you and ignores SIGTERM: exit code -9
Not tested: an ask() that raises, a process that was never started, and Windows,
where no process can refuse terminate().

Example: for a stubborn child, stop(child, bell.ring, 0.5) is "killed".
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Literal

from given import Bell, deaf, polite, stubborn


def stop(
    proc: BaseProcess, ask: Callable[[], None], grace: float
) -> Literal["asked", "terminated", "killed"]:
    """End a process: ask it, then terminate it, then kill it; return the last step taken.

    Args:
        proc: the process; it was started.
        ask: asks the process to end.
        grace: seconds to wait after asking, and again after terminating.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("ask, wait, terminate, wait, kill, wait")


if __name__ == "__main__":
    # START=spawn python exercises/ex_04_2_stop.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())
    for target, expected in (
        (polite, "asked, 0, after its last words"),
        (deaf, "terminated, -15, after SIGTERM"),
        (stubborn, "killed, -9"),
    ):
        bell = Bell(ctx)
        child = ctx.Process(target=target, args=(bell,), name=target.__name__)
        child.start()
        bell.wait_until_ready()
        try:
            step = stop(child, bell.ring, 0.5)
            print(f"{target.__name__}: got {step}, {child.exitcode}  expected {expected}")
        finally:
            # No child stays, whatever stop does.
            child.kill()
            child.join()
