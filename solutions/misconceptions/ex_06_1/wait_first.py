"""wait() before reading stops as soon as the pipe is full: communicate() does both.

caught-by: P1
methods: once
"""

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
        program.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
        os.killpg(program.pid, signal.SIGKILL)
    output, _ = program.communicate()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    return output, late
