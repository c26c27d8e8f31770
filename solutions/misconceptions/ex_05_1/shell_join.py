"""Never build a shell string from arguments: pass a list.

caught-by: P1
methods: once
"""

import subprocess
from collections.abc import Sequence

from given import ToolFailed, ToolTimeout


def run_tool(cmd: Sequence[str], text: str, limit: float) -> str:
    """Run a program with a text as its input and return its output."""
    try:
        done = subprocess.run(
            " ".join(cmd),
            shell=True,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise ToolTimeout from None
    if done.returncode != 0:
        raise ToolFailed(done.returncode, done.stderr)
    return done.stdout
