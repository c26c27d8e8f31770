"""For exercise 11_3: a queue that keeps a record in the grader, and real queues with consumers."""

import contextlib
import functools
import os
import queue
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any


class Trouble(Exception):
    """An exception that is known to this course only."""


_EXCEPTIONS: dict[str, type[BaseException]] = {
    each.__name__: each
    for each in (
        *(ValueError, KeyError, EOFError, StopIteration, Trouble, queue.Empty),
        *(KeyboardInterrupt, SystemExit),
    )
}


class RecordedQueue:
    """A JoinableQueue of which each question is answered, and recorded, by the grader."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next item, or an exception."""
        what, value = self._line.get()
        if what == "item":
            return value
        raise _EXCEPTIONS[what]

    def get_nowait(self) -> Any:
        """As `get`."""
        return self.get(False)

    def task_done(self) -> None:
        """Is recorded."""
        self._line.task_done()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Is recorded."""
        self._line.put(item)

    def empty(self) -> bool:
        """True, as it may be while items are on their way."""
        return True

    def qsize(self) -> int:
        """0, as it may be while items are on their way."""
        return 0


def consult(desk: Any, *args: Any) -> Any:
    """Ask the grader what becomes of an item: return, raise, or die."""
    what, value = desk(*args)
    if what == "return":
        return value
    if what == "die":
        os._exit(1)
    raise _EXCEPTIONS[what](value)


def consume(submission: ModuleType, line: Any, desk: Any) -> dict[str, Any]:
    """Let `consume` work on a recorded queue: how it came to its end."""
    try:
        submission.consume(RecordedQueue(line), functools.partial(consult, desk))
    except (KeyboardInterrupt, SystemExit) as error:
        return {"passed": type(error).__name__}
    return {"returned": True}


def work_and_wait(
    submission: ModuleType,
    ctx: BaseContext,
    items: Sequence[Any],
    last: Any,
    size: int,
    limits: tuple[float, float],
    desk: Any,
    gate: Any,
) -> list[Any]:
    """What `wait_done` says while one item is not done; when all is done; when, besides, a consumer
    has ended by itself.

    Args:
        submission: has `consume` and `wait_done`.
        ctx: makes queue and consumers.
        items: to be handled.
        last: an item with which a consumer ends.
        size: how many consumers.
        limits: one that passes, one that does not.
        desk: decides what becomes of an item.
        gate: ``closed()`` waits until only one item is not done, ``open()`` lets that be done.
    """
    short, long = limits
    with _consumers(submission, ctx, size, desk) as (q, consumers):
        for item in items:
            q.put(item)
        gate.closed()
        answers = [submission.wait_done(q, consumers, short)]
        gate.open()
        answers.append(submission.wait_done(q, consumers, long))
        q.put(last)
        _join_first(consumers)
        answers.append(submission.wait_done(q, consumers, long))
    return answers


def die_and_wait(
    submission: ModuleType,
    ctx: BaseContext,
    items: Sequence[Any],
    size: int,
    before: bool,
    limit: float,
    desk: Any,
    gate: Any,
) -> Any:
    """What `wait_done` says when a consumer dies at work, before the call or during it.

    ``gate.open()`` announces the call.
    """
    with _consumers(submission, ctx, size, desk) as (q, consumers):
        for item in items:
            q.put(item)
        if before:
            _join_first(consumers)
        gate.open()
        return submission.wait_done(q, consumers, limit)


def _join_first(consumers: Sequence[BaseProcess]) -> None:
    """Wait until one of them has ended."""
    sentinels = {each.sentinel: each for each in consumers}
    for sentinel in connection.wait(list(sentinels)):
        # Under fork a sentinel speaks a moment before the process is dead.
        sentinels[sentinel].join()


@contextlib.contextmanager
def _consumers(
    submission: ModuleType, ctx: BaseContext, size: int, desk: Any
) -> Iterator[tuple[Any, list[BaseProcess]]]:
    """A queue, and processes that run `consume` on it; they are ended afterwards."""
    q = ctx.JoinableQueue()
    args = (submission.__name__, q, functools.partial(consult, desk))
    consumers = [ctx.Process(target=_consume, args=args, daemon=True) for _ in range(size)]
    try:
        for each in consumers:
            each.start()
        yield q, consumers
    finally:
        for each in consumers:
            if each.pid is not None:
                each.kill()
                each.join()
        q.close()
        q.join_thread()


def _consume(module: str, q: Any, handle: Any) -> None:
    """What a consumer runs."""
    import importlib

    importlib.import_module(module).consume(q, handle)
    sys.exit("consume came back")
