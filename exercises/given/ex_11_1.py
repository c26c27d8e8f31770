"""Given for exercise 11_1: a sign for the end of the work, and a queue that promises no more than
it has to."""

import queue
from collections import deque
from collections.abc import Iterable
from typing import Any

__all__ = ["STOP", "MootQueue"]


class _Stop:
    """There is one of its kind in every process, and pickling leads from one to the other."""

    def __repr__(self) -> str:
        return "STOP"

    def __reduce__(self) -> str:
        return "STOP"  # a name: whoever unpickles it looks it up in this module


STOP = _Stop()
"""Put into a queue, it says that nothing more comes. Compare it with ``is``, in any process."""


class MootQueue:
    """A queue for one process, whose answers are as misleading as the documentation permits.

    An item that was put is there for a ``get`` that waits. Every other look (`empty`, `qsize`,
    a ``get`` that does not wait, or not for ever) finds it at the second try only, as if it were
    still on its way.

    Args:
        items: are in the queue at the beginning.
    """

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._items = deque(items)
        self._looked = False

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add an item at the end; there is always room."""
        self._items.append(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the first item.

        Raises:
            queue.Empty: this get does not wait for ever, and sees no item.
            RuntimeError: it would wait for ever, as nobody else is there to put anything.
        """
        if (not block or timeout is not None) and not self._seen():
            raise queue.Empty
        if not self._items:
            raise RuntimeError("get() would wait for ever here: the queue is empty")
        self._looked = False
        return self._items.popleft()

    def empty(self) -> bool:
        """Whether no item is seen."""
        return not self._seen()

    def full(self) -> bool:
        """Whether there is no room: there always is."""
        return False

    def qsize(self) -> int:
        """How many items are seen."""
        return len(self._items) if self._seen() else 0

    def put_nowait(self, item: Any) -> None:
        """As `put`."""
        self.put(item)

    def get_nowait(self) -> Any:
        """As a `get` that does not wait."""
        return self.get(block=False)

    def close(self) -> None:
        """Nothing has to be closed here."""

    def join_thread(self) -> None:
        """No thread has to be waited for here."""

    def cancel_join_thread(self) -> None:
        """No thread would be waited for here."""

    def _seen(self) -> bool:
        """Whether a look finds something: each first look at an item does not."""
        seen = self._looked and bool(self._items)
        self._looked = True
        return seen
