"""A negative exit code is the number of a signal, not of an error.

caught-by: P1
methods: fork spawn forkserver
"""


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended."""
    if exitcode is None:
        return "not finished"
    if exitcode == 0:
        return "ok"
    return f"failed with {abs(exitcode)}"
