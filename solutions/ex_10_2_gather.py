"""Exercise 10_2: take answers until all are there, and in every pause look for the dead."""

import queue
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

from given import ChildDied

PAUSE = 0.05  # seconds until the next look


def gather(ctx: BaseContext, target: Callable[[Any, int], None], n: int) -> dict[int, object]:
    """Run target(q, i) in n children and return what each of them put."""
    answers = ctx.Queue()
    children = [ctx.Process(target=target, args=(answers, i)) for i in range(n)]
    for child in children:
        child.start()
    results: dict[int, object] = {}
    try:
        while len(results) < n:
            # First who has ended, then the queue: what they have put is in it by now.
            ended = [i for i, child in enumerate(children) if child.exitcode is not None]
            try:
                index, result = answers.get(timeout=PAUSE)
            except queue.Empty:
                for i in ended:
                    if i not in results:
                        raise ChildDied(i, children[i].exitcode) from None
            else:
                results[index] = result
    except BaseException:
        for child in children:
            child.terminate()
        raise
    finally:
        for child in children:
            child.join()
        answers.close()
    return results
