"""Popen does not wait for you, and its timeout does not end the program.

caught-by: P4
methods: once
"""

import subprocess
from collections.abc import Sequence

from given import ToolFailed, ToolTimeout


def run_tool(cmd: Sequence[str], text: str, limit: float) -> str:
    """Run a program with a text as its input and return its output."""
    program = subprocess.Popen(
        cmd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        out, err = program.communicate(text, timeout=limit)
    except subprocess.TimeoutExpired:
        raise ToolTimeout from None
    if program.returncode != 0:
        raise ToolFailed(program.returncode, err)
    return out
