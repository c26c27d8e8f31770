"""Results come in the order in which they are done: send the position along.

caught-by: P1
methods: fork spawn forkserver
"""

from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def fan_out(
    ctx: BaseContext, items: Sequence[Any], handle: Callable[[Any], Any], n: int
) -> list[Any]:
    """Run handle over the items in n processes; return the results in the order of the items."""
    tasks, results = ctx.Queue(), ctx.Queue()
    workers = [ctx.Process(target=work, args=(tasks, results, handle)) for _ in range(n)]
    for worker in workers:
        worker.start()
    for task in enumerate(items):
        tasks.put(task)
    for _ in workers:
        tasks.put(STOP)
    outcomes = [results.get() for _ in items]
    for worker in workers:
        worker.join()
    for _, error in outcomes:
        if error is not None:
            raise error
    return [value for value, _ in outcomes]


def work(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> None:
    """Handle items until STOP, and answer each."""
    while (task := tasks.get()) is not STOP:
        _, item = task
        try:
            answer = (handle(item), None)
        except Exception as error:
            answer = (None, error)
        results.put(answer)
