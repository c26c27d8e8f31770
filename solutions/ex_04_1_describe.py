"""Exercise 04_1: None first, then the sign."""

import signal


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended."""
    if exitcode is None:
        return "not finished"
    if exitcode == 0:
        return "ok"
    if exitcode > 0:
        return f"failed with {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    return f"killed by {name}"
