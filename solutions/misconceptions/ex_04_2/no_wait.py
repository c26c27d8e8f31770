"""A process needs a moment to end: is_alive() at once after a request tells nothing.

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
    ask()
    if not proc.is_alive():
        proc.join()
        return "asked"
    proc.terminate()
    if not proc.is_alive():
        proc.join()
        return "terminated"
    proc.kill()
    proc.join()
    return "killed"
