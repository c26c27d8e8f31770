"""Children end in any order: keep each exit code at the place of its child.

caught-by: P2
methods: fork spawn forkserver
"""

import sys
from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext
from multiprocessing.queues import SimpleQueue


def answer(answers: SimpleQueue, target: Callable[..., object], args: tuple) -> None:
    """Call the target and send its exit code to the parent."""
    code = 0
    try:
        target(*args)
    except SystemExit as stop:
        code = stop.code
    except Exception:
        code = 1
    answers.put(code)
    sys.exit(code)


def run_all(
    ctx: BaseContext,
    target: Callable[..., object],
    arglists: Sequence[tuple],
    names: Sequence[str],
) -> list[int]:
    """Run target(*args) in one process per tuple; return the exit codes in the order given."""
    answers = ctx.SimpleQueue()
    children = [
        ctx.Process(target=answer, args=(answers, target, args), name=name)
        for args, name in zip(arglists, names, strict=True)
    ]
    for child in children:
        child.start()
    codes = [answers.get() for _ in children]
    for child in children:
        child.join()
    return codes
