"""Exercise 02_1: make all, start all, join all, then read the exit codes."""

from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext


def run_all(
    ctx: BaseContext,
    target: Callable[..., object],
    arglists: Sequence[tuple],
    names: Sequence[str],
) -> list[int]:
    """Run target(*args) in one process per tuple; return the exit codes in the order given."""
    children = [
        ctx.Process(target=target, args=args, name=name)
        for args, name in zip(arglists, names, strict=True)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]
