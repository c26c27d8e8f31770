"""Without start_new_session the group that you kill is your own.

caught-by: P4
methods: once
"""

import os
import signal
import subprocess
from collections.abc import Sequence


def run_tree(cmd: Sequence[str], limit: float) -> tuple[bytes, bool]:
    """Run a program; when time is up, end it and everything that it started."""
    program = subprocess.Popen(cmd, stdout=subprocess.PIPE)
    group = os.getpgid(program.pid)
    late = False
    try:
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        late = True
        os.killpg(group, signal.SIGKILL)
        output, _ = program.communicate()
    return output, late
