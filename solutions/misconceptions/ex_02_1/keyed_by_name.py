"""A name is a label, not a key: of children with the same name a dictionary keeps only the last.

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
    children = {}
    for args, name in zip(arglists, names, strict=True):
        children[name] = ctx.Process(target=target, args=args, name=name)
        children[name].start()
    for child in children.values():
        child.join()
    return [children[name].exitcode for name in names]
