"""terminate() and kill() only request the end: join() afterwards sees it.

caught-by: P2
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
    if not proc.is_alive():
        return "asked"
    proc.terminate()
    proc.join(grace)
    if not proc.is_alive():
        return "terminated"
    proc.kill()
    return "killed"
