"""None is not 0: None means that the process has not ended.

caught-by: P1
methods: fork spawn forkserver
"""

import signal


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended."""
    if not exitcode:
        return "ok"
    if exitcode > 0:
        return f"failed with {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    return f"killed by {name}"
