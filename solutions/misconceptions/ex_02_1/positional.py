"""Third position is name: Process(None, f, args) names the child; use keywords.

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
        child = ctx.Process(None, target, args)
        child.name = name
        children.append(child)
    for child in children:
        child.start()
    for child in children:
        child.join()
    return [child.exitcode for child in children]
