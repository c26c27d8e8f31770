"""exitcode is no wait status: Process has taken that apart already.

caught-by: P2
methods: fork spawn forkserver
"""

import os
import signal


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended."""
    if exitcode is None:
        return "not finished"
    code = os.waitstatus_to_exitcode(exitcode)
    if code == 0:
        return "ok"
    if code > 0:
        return f"failed with {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"killed by {name}"
