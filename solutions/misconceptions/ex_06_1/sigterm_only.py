"""SIGTERM can be ignored, SIGKILL cannot.

caught-by: P2
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
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGTERM)
    if late:
        output, _ = program.communicate()
    return output, late
