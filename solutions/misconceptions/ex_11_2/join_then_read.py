"""Read the results before joining: a worker does not end before its results are out.

caught-by: P3
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
    for worker in workers:
        worker.join()
    outcomes = {}
    for _ in items:
        number, value, error = results.get()
        outcomes[number] = value, error
    for number in range(len(items)):
        value, error = outcomes[number]
        if error is not None:
            raise error
    return [outcomes[number][0] for number in range(len(items))]


def work(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> None:
    """Handle items until STOP; answer each with its position."""
    while (task := tasks.get()) is not STOP:
        number, item = task
        try:
            answer = (number, handle(item), None)
        except Exception as error:
            answer = (number, None, error)
        results.put(answer)
