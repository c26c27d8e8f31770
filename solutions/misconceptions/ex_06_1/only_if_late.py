"""The end of the output is not the end of the family: a child may live without it.

caught-by: P1
methods: once
"""

import os
import signal
import subprocess
from collections.abc import Sequence


def run_tree(cmd: Sequence[str], limit: float) -> tuple[bytes, bool]:
    """Run a program; when time is up, end it and everything that it started."""
    program = subprocess.Popen(cmd, stdout=subprocess.PIPE, start_new_session=True)
    try:
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        output, _ = program.communicate()
        return output, True
    return output, False
