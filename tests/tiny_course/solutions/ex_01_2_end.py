"""Exercise 01_2: make all, start all, join all."""

from collections.abc import Callable
from multiprocessing.context import BaseContext


def end_each(
    ctx: BaseContext, target: Callable[[object], None], numbers: list[object]
) -> list[int]:
    """Run target(number) in one process per number; return the exit codes."""
    children = [ctx.Process(target=target, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]
