"""The default start method can be set only once, and some versions set it themselves: use get_context.

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
    multiprocessing.set_start_method("spawn")
    return run(parse(argv), multiprocessing.get_context())
