"""Not every signal number has a name: signal.Signals raises ValueError for the others.

caught-by: P1
methods: fork spawn forkserver
"""

import signal


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended."""
    if exitcode is None:
        return "not finished"
    if exitcode == 0:
        return "ok"
    if exitcode > 0:
        return f"failed with {exitcode}"
    return f"killed by {signal.Signals(-exitcode).name}"
