"""Exercise 11_2: a few items on their way at any time, then one STOP for each worker."""

from collections.abc import Callable, Sequence
from itertools import islice
from multiprocessing.context import BaseContext
from multiprocessing.queues import Queue
from typing import Any

from given import STOP


def fan_out(
    ctx: BaseContext, items: Sequence[Any], handle: Callable[[Any], Any], n: int
) -> list[Any]:
    """Run handle over the items in n processes; return the results in the order of the items."""
    tasks, results = ctx.Queue(2 * n), ctx.Queue()
    workers = [ctx.Process(target=_work, args=(tasks, results, handle)) for _ in range(n)]
    for worker in workers:
        worker.start()
    outcomes = _outcomes(items, tasks, results, 2 * n)
    for _ in workers:
        tasks.put(STOP)
    for worker in workers:
        worker.join()
    for queue in (tasks, results):
        queue.close()
        queue.join_thread()
    for _, error in outcomes:
        if error is not None:
            raise error
    return [value for value, _ in outcomes]


def _outcomes(
    items: Sequence[Any], tasks: Queue, results: Queue, most: int
) -> list[tuple[Any, Exception | None]]:
    """Value and error for each item; never more than ``most`` items are on their way."""
    todo = enumerate(items)
    for task in islice(todo, most):
        tasks.put(task)
    outcomes: dict[int, tuple[Any, Exception | None]] = {}
    while len(outcomes) < len(items):
        number, value, error = results.get()
        outcomes[number] = value, error
        for task in islice(todo, 1):
            tasks.put(task)
    return [outcomes[number] for number in range(len(items))]


def _work(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> None:
    """Handle items until STOP; answer each with its position."""
    while (task := tasks.get()) is not STOP:
        number, item = task
        try:
            answer = (number, handle(item), None)
        except Exception as error:
            answer = (number, None, error)
        results.put(answer)
