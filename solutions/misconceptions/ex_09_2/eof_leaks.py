"""poll() is True at the end of the stream, too: then recv() raises EOFError.

caught-by: P3
methods: once
"""

import time
from multiprocessing.connection import Connection


class Asker:
    """Asks the peer at the other end of a pipe; each answer belongs to one question."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._number = 0

    def ask(self, request: object, limit: float) -> object:
        """Send a request and return its answer."""
        deadline = time.monotonic() + limit
        self._number += 1
        self._conn.send((self._number, request))
        while self._conn.poll(max(0.0, deadline - time.monotonic())):
            number, answer = self._conn.recv()
            if number == self._number:
                return answer
        raise TimeoutError(f"no answer within {limit} seconds")
