"""An answer from a child does not mean that the child has ended: join it.

caught-by: P2
methods: fork spawn
"""

import sys
from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext
from multiprocessing.queues import SimpleQueue


def answer(answers: SimpleQueue, i: int, target: Callable[..., object], args: tuple) -> None:
    """Call the target and send its exit code to the parent."""
    code = 0
    try:
        target(*args)
    except SystemExit as stop:
        code = stop.code
    except Exception:
        code = 1
    answers.put((i, code))
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
        ctx.Process(target=answer, args=(answers, i, target, args), name=name)
        for i, (args, name) in enumerate(zip(arglists, names, strict=True))
    ]
    for child in children:
        child.start()
    codes = dict(answers.get() for _ in children)
    return [codes[i] for i in range(len(children))]
