"""It matters for spawn on any system, not on Windows alone: call it always.

caught-by: P1
methods: once
"""

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.context import BaseContext


def entry(
    argv: list[str],
    freeze: Callable[[], None],
    parse: Callable[[list[str]], object],
    run: Callable[[object, BaseContext], int],
) -> int:
    """Be the main function of a program that may be packaged; return its exit code."""
    if sys.platform == "win32":
        freeze()
    return run(parse(argv), multiprocessing.get_context("spawn"))
