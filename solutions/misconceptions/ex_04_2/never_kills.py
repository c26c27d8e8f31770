"""SIGTERM can be ignored, SIGKILL cannot.

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
    proc.join(grace)
    if proc.exitcode is not None:
        return "asked"
    proc.terminate()
    proc.join(grace)
    return "terminated"
