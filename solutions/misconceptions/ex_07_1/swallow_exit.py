"""SystemExit is how the packaged child ends: do not catch it.

caught-by: P2
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
    try:
        freeze()
    except SystemExit:
        pass
    return run(parse(argv), multiprocessing.get_context("spawn"))
