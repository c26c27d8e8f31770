"""For exercise 10_1: a real queue with a slow reader, and queue and items that only relay.

What those two do is decided elsewhere: each call of put and each wish for the next item goes to
an object of the grader, and what that answers is done here.
"""

import contextlib
import queue
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any


def feed_real(
    submission: ModuleType,
    ctx: BaseContext,
    reader: Callable[..., None],
    take: Callable[[object], object],
    size: int,
    items: list[object],
    limit: float,
) -> dict[str, Any]:
    """Let `feed` fill a real queue that a reader in a process of its own empties."""
    import given

    q, over = ctx.Queue(size), ctx.Event()
    child = ctx.Process(target=reader, args=(q, over, take))
    child.start()
    try:
        outcome = _outcome(submission, q, items, limit)
    finally:
        over.set()
        try:
            q.put(given.END)
        except ValueError:  # closed: whatever is in it, the reader will not find its end
            closed = True
            child.terminate()
        else:
            closed = False
        child.join()
        q.close()
        with contextlib.suppress(AssertionError):
            q.join_thread()
    return {**outcome, "closed": closed}


def feed_from(
    submission: ModuleType,
    put: Callable[..., Any],
    close: Callable[[], Any],
    pull: Callable[[], Any],
    limit: float,
) -> dict[str, Any]:
    """Let `feed` take items from one object of the grader and put them into another.

    Returns:
        The outcome. An exception that was raised on an order is ``raised``: its name, and whether
        the very same object came out of `feed`.
    """
    ordered: dict[str, BaseException] = {}
    q = Double(put, close, ordered)
    try:
        return _outcome(submission, q, Items(pull, ordered), limit)
    except BaseException as error:
        if not ordered:
            raise
        return {"raised": type(error).__name__, "same": error is ordered["raised"]}


def _outcome(submission: ModuleType, q: Any, items: Any, limit: float) -> dict[str, Any]:
    import given

    try:
        return {"returned": submission.feed(q, items, limit)}
    except given.Backlog as error:
        return {"backlog": error.delivered}


def _raise(name: str, ordered: dict[str, BaseException]) -> None:
    kinds = {"queue.Full": queue.Full, "queue.Empty": queue.Empty}
    kind = kinds.get(name) or vars(__import__("builtins"))[name]
    ordered["raised"] = kind("on purpose")
    raise ordered["raised"]


class Items:
    """Asks the grader for each item."""

    def __init__(self, pull: Callable[[], Any], ordered: dict[str, BaseException]) -> None:
        self._pull = pull
        self._ordered = ordered

    def __iter__(self) -> Iterator[object]:
        return self

    def __next__(self) -> object:
        answer, content = self._pull()
        if answer == "end":
            raise StopIteration
        if answer == "raise":
            _raise(content, self._ordered)
        return content


class Double:
    """Has the methods of a queue for who puts; put and close are told to the grader.

    What it says of its own state is as wrong as the documentation permits.
    """

    def __init__(
        self,
        put: Callable[..., Any],
        close: Callable[[], Any],
        ordered: dict[str, BaseException],
    ) -> None:
        self._put = put
        self._close = close
        self._ordered = ordered

    def put(self, obj: object, block: bool = True, timeout: float | None = None) -> None:
        """Do what the grader answers: raise, or take a while and come back."""
        answer, content = self._put(obj, bool(block), timeout)
        if answer == "full":
            raise queue.Full
        if answer == "raise":
            _raise(content, self._ordered)
        time.sleep(content)

    def put_nowait(self, obj: object) -> None:
        """As put, without waiting."""
        self.put(obj, False)

    def full(self) -> bool:
        """Never, it says."""
        return False

    def empty(self) -> bool:
        """Always, it says."""
        return True

    def qsize(self) -> int:
        """Cannot be known, as on macOS."""
        raise NotImplementedError

    def close(self) -> None:
        """Tell that it was called."""
        self._close()

    def join_thread(self) -> None:
        """Tell that it was called."""
        self._close()

    def cancel_join_thread(self) -> None:
        """Tell that it was called."""
        self._close()
