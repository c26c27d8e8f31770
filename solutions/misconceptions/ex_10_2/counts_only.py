"""A dead child never answers: look at the children, too, while you wait.

caught-by: P2
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any


def gather(ctx: BaseContext, target: Callable[[Any, int], None], n: int) -> dict[int, object]:
    """Run target(q, i) in n children and return what each of them put."""
    answers = ctx.Queue()
    children = [ctx.Process(target=target, args=(answers, i)) for i in range(n)]
    for child in children:
        child.start()
    results = dict(answers.get() for _ in children)
    for child in children:
        child.join()
    return results
