"""text=True translates as the locale says: say encoding="utf-8".

caught-by: P2
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
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise ToolTimeout from None
    if done.returncode != 0:
        raise ToolFailed(done.returncode, done.stderr)
    return done.stdout
