"""Who has answered has done its work: its exit code does not take the answer back.

caught-by: P3
methods: fork spawn forkserver
"""

import queue
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

from given import ChildDied


def gather(ctx: BaseContext, target: Callable[[Any, int], None], n: int) -> dict[int, object]:
    """Run target(q, i) in n children and return what each of them put."""
    answers = ctx.Queue()
    children = [ctx.Process(target=target, args=(answers, i)) for i in range(n)]
    for child in children:
        child.start()
    results: dict[int, object] = {}
    try:
        while len(results) < n:
            ended = [i for i, child in enumerate(children) if child.exitcode is not None]
            try:
                index, result = answers.get(timeout=0.05)
                results[index] = result
            except queue.Empty:
                for i in ended:
                    if i not in results:
                        raise ChildDied(i, children[i].exitcode) from None
        for i, child in enumerate(children):
            child.join()
            if child.exitcode != 0:
                raise ChildDied(i, child.exitcode)
    except BaseException:
        for child in children:
            child.terminate()
        raise
    finally:
        for child in children:
            child.join()
    return results
