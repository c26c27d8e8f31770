"""run(timeout=...) ends the program that it started, and none of its children.

caught-by: P2
methods: once
"""

import subprocess
from collections.abc import Sequence


def run_tree(cmd: Sequence[str], limit: float) -> tuple[bytes, bool]:
    """Run a program; when time is up, end it and everything that it started."""
    try:
        done = subprocess.run(cmd, stdout=subprocess.PIPE, timeout=limit)
    except subprocess.TimeoutExpired as error:
        return error.output or b"", True
    return done.stdout, False
