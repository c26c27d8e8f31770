"""A killed child stays a zombie until somebody waits for it.

caught-by: P4
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
    except subprocess.TimeoutExpired as error:
        late = True
        output = error.output or b""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    return output, late
