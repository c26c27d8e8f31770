"""For exercise 11_1: queues whose other side is an object of the grader, and a real worker process."""

import functools
import queue
from collections.abc import Iterator, Sequence
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

from given import STOP, MootQueue


class RelayedQueue(MootQueue):
    """A queue of which each question is answered by an object of the grader."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Send an item; STOP arrives as something of which only the type is known."""
        self._line.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Ask for an item, and say whether this waits for ever."""
        what, *item = self._line.get(bool(block) and timeout is None)
        if what == "empty":
            raise queue.Empty
        return item[0] if what == "item" else STOP

    def empty(self) -> bool:
        """Ask."""
        return bool(self._line.empty())

    def qsize(self) -> int:
        """Ask."""
        return int(self._line.qsize())


class Trouble(Exception):
    """Its text is not its argument."""

    def __str__(self) -> str:
        return f"trouble: {self.args[0]}"


_EXCEPTIONS: dict[str, type[BaseException]] = {
    each.__name__: each
    for each in (
        *(ValueError, KeyError, StopIteration, EOFError, Trouble, queue.Empty),
        *(KeyboardInterrupt, SystemExit),
    )
}


def consult(desk: Any, *args: Any) -> Any:
    """Ask the grader what becomes of an item, and return or raise it."""
    what, value = desk(*args)
    if what == "return":
        return value
    raise _EXCEPTIONS[what](value)


def work(submission: ModuleType, tasks: Any, results: Any, desk: Any) -> dict[str, Any]:
    """Let `worker` work in this process: what it returned, or what passed through it."""
    handle = functools.partial(consult, desk)
    try:
        return {"returned": submission.worker(RelayedQueue(tasks), RelayedQueue(results), handle)}
    except (KeyboardInterrupt, SystemExit) as error:
        return {"passed": type(error).__name__}


def work_in_child(
    submission: ModuleType, ctx: BaseContext, items: Sequence[Any], desk: Any
) -> dict[str, Any]:
    """Let `worker` work in a child, with real queues: its answers, and its exit code."""
    tasks, results = ctx.Queue(), ctx.Queue()
    handle = functools.partial(consult, desk)
    child = ctx.Process(target=submission.worker, args=(tasks, results, handle))
    try:
        child.start()
        for item in (*items, STOP):
            tasks.put(item)
        answers = list(_answers(results, child))
        child.join()
        return {"answers": answers, "code": child.exitcode}
    finally:
        if child.pid is not None:
            child.kill()
            child.join()
        for each in (tasks, results):
            each.close()
            each.join_thread()


def _answers(results: Any, child: BaseProcess) -> Iterator[Any]:
    """All that a child puts; when it has ended, all of it is in the pipe."""
    while results._reader in connection.wait([results._reader, child.sentinel]):
        yield results.get()
