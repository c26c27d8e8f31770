"""The exit code tells how a process ended, not what you had to do for it.

caught-by: P4
methods: fork spawn forkserver
"""

import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Literal


def stop(
    proc: BaseProcess, ask: Callable[[], None], grace: float
) -> Literal["asked", "terminated", "killed"]:
    """End a process: ask it, then terminate it, then kill it; return the last step taken."""
    ask()
    proc.join(grace)
    if proc.exitcode is None:
        proc.terminate()
        proc.join(grace)
    if proc.exitcode is None:
        proc.kill()
        proc.join()
    if proc.exitcode == -signal.SIGKILL:
        return "killed"
    if proc.exitcode == -signal.SIGTERM:
        return "terminated"
    return "asked"
