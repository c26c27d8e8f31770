"""run() does not raise when the program fails, unless check=True.

caught-by: P3
methods: once
"""

import subprocess
from collections.abc import Sequence

from given import ToolTimeout


def run_tool(cmd: Sequence[str], text: str, limit: float) -> str:
    """Run a program with a text as its input and return its output."""
    try:
        done = subprocess.run(
            cmd,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise ToolTimeout from None
    return done.stdout
