"""Exercise 06_1: a session of its own for the family, and one signal for all of it."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence


def run_tree(cmd: Sequence[str], limit: float) -> tuple[bytes, bool]:
    """Run a program; when time is up, end it and everything that it started."""
    program = subprocess.Popen(cmd, stdout=subprocess.PIPE, start_new_session=True)
    late = False
    try:
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
    # In time or not: somebody may be left. The group has the number of the program that began it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    if late:
        output, _ = program.communicate()
    return output, late
