"""get_context() without a name stands for the default, which is not spawn everywhere.

caught-by: P3
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
    freeze()
    return run(parse(argv), multiprocessing.get_context())
