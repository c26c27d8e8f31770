"""The child's command line is not yours: freeze_support() comes before parsing.

caught-by: P1
methods: once
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import BaseContext


def entry(
    argv: list[str],
    freeze: Callable[[], None],
    parse: Callable[[list[str]], object],
    run: Callable[[object, BaseContext], int],
) -> int:
    """Be the main function of a program that may be packaged; return its exit code."""
    parsed = parse(argv)
    freeze()
    return run(parsed, multiprocessing.get_context("spawn"))
