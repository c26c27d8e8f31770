"""join() always returns None, ended or not: look at exitcode.

caught-by: P1
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Literal


def stop(
    proc: BaseProcess, ask: Callable[[], None], grace: float
) -> Literal["asked", "terminated", "killed"]:
    """End a process: ask it, then terminate it, then kill it; return the last step taken."""
    ask()
    if proc.join(grace):
        return "asked"
    proc.terminate()
    if proc.join(grace):
        return "terminated"
    proc.kill()
    proc.join()
    return "killed"
