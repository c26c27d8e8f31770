"""None is an answer: ask whether the index is there, not what stands under it.

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
    results: dict[int, object] = dict.fromkeys(range(n))
    try:
        while None in results.values():
            ended = [i for i, child in enumerate(children) if child.exitcode is not None]
            try:
                index, result = answers.get(timeout=0.05)
                results[index] = result
            except queue.Empty:
                for i in ended:
                    if results[i] is None:
                        raise ChildDied(i, children[i].exitcode) from None
    except BaseException:
        for child in children:
            child.terminate()
        raise
    finally:
        for child in children:
            child.join()
    return results
