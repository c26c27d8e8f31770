"""Exercise 04_2: three steps, and after each a join and a look at the exit code."""

from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Literal


def stop(
    proc: BaseProcess, ask: Callable[[], None], grace: float
) -> Literal["asked", "terminated", "killed"]:
    """End a process: ask it, then terminate it, then kill it; return the last step taken."""
    ask()
    proc.join(grace)
    if proc.exitcode is not None:
        return "asked"
    proc.terminate()
    proc.join(grace)
    if proc.exitcode is not None:
        return "terminated"
    proc.kill()
    proc.join()
    return "killed"
