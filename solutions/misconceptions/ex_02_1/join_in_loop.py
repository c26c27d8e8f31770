"""Joining inside the start loop runs them one after another.

caught-by: P1
methods: fork spawn forkserver
"""

from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext


def run_all(
    ctx: BaseContext,
    target: Callable[..., object],
    arglists: Sequence[tuple],
    names: Sequence[str],
) -> list[int]:
    """Run target(*args) in one process per tuple; return the exit codes in the order given."""
    codes = []
    for args, name in zip(arglists, names, strict=True):
        child = ctx.Process(target=target, args=args, name=name)
        child.start()
        child.join()
        codes.append(child.exitcode)
    return codes
