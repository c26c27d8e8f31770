"""terminate() skips finally and buffered data: ask first.

caught-by: P3
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Literal


def stop(
    proc: BaseProcess, ask: Callable[[], None], grace: float
) -> Literal["asked", "terminated", "killed"]:
    """End a process: ask it, then terminate it, then kill it; return the last step taken."""
    proc.terminate()
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
