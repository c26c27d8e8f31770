"""For exercise 09_2: a pipe with an `Asker` at one end and, at the other, a thread that relays.

What the thread sends is decided elsewhere, request by request: it hands each one to an object of
the grader, which answers with what to send now.
"""

import multiprocessing
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any


def converse(
    submission: ModuleType, peer: Any, questions: Sequence[tuple[object, float]]
) -> list[dict[str, Any]]:
    """Let an `Asker` ask one question after the other: how each call ended.

    Args:
        submission: has `Asker`.
        peer: an object of the grader. Its ``request(message)`` answers with a dict: ``send``, the
            messages to send now; ``pause``, seconds between them; ``close``, whether to close.
        questions: each a request and its limit.
    """
    ours, theirs = multiprocessing.Pipe()
    relay = _Relay(theirs, peer)
    asker = submission.Asker(ours)
    outcomes = []
    for request, limit in questions:
        outcomes.append(_outcome(asker, request, limit))
        relay.hurry()
    return outcomes


def _outcome(asker: Any, request: object, limit: float) -> dict[str, Any]:
    try:
        return {"returned": asker.ask(request, limit)}
    except TimeoutError:
        return {"timeout": True}
    except ConnectionError:
        return {"gone": True}


class _Relay:
    def __init__(self, conn: Connection, peer: Any) -> None:
        self._conn = conn
        self._peer = peer
        self._over = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def hurry(self) -> None:
        """The call is over: what is still to be sent slowly is left out."""
        self._over.set()

    def _run(self) -> None:
        with self._conn:
            while True:
                try:
                    message = self._conn.recv()
                except (EOFError, OSError):
                    return
                except Exception as error:
                    self._peer.unreadable(type(error).__name__)
                    return
                order = self._peer.request(message)
                self._over.clear()
                if not self._send(**order) or order["close"]:
                    return

    def _send(self, send: list[object], pause: float, close: bool) -> bool:
        for message in send:
            # The pace of a peer that keeps talking, and no order of events: what comes meanwhile
            # has a limit that is many times shorter than all pauses together.
            if pause and self._over.wait(pause):
                return True
            try:
                self._conn.send(message)
            except OSError:
                return False
        return True
