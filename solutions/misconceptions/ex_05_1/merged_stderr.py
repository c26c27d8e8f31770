"""stderr=STDOUT mixes messages into the data: give stderr a pipe of its own.

caught-by: P3
methods: once
"""

import subprocess
from collections.abc import Sequence

from given import ToolFailed, ToolTimeout


def run_tool(cmd: Sequence[str], text: str, limit: float) -> str:
    """Run a program with a text as its input and return its output."""
    try:
        done = subprocess.run(
            cmd,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise ToolTimeout from None
    if done.returncode != 0:
        raise ToolFailed(done.returncode, done.stdout)
    return done.stdout
