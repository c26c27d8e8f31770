"""The child takes its name along when it starts: a name given after start() stays in the parent.

caught-by: P3
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
    children = []
    for args, name in zip(arglists, names, strict=True):
        child = ctx.Process(target=target, args=args)
        child.start()
        child.name = name
        children.append(child)
    for child in children:
        child.join()
    return [child.exitcode for child in children]
