"""join() always returns None: when it is back, read exitcode.

caught-by: P2
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
    children = [
        ctx.Process(target=target, args=args, name=name)
        for args, name in zip(arglists, names, strict=True)
    ]
    for child in children:
        child.start()
    return [child.join() for child in children]
