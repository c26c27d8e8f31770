"""Grandchildren hold the pipe: end the whole group before you read to the end.

caught-by: P3
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
        program.kill()
        output, _ = program.communicate()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    return output, late
