"""recv() waits for as long as it takes: poll(limit) first.

caught-by: P1
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
        try:
            while time.monotonic() < deadline:
                number, answer = self._conn.recv()
                if number == self._number:
                    return answer
        except EOFError:
            raise ConnectionError("the peer has closed its end") from None
        raise TimeoutError(f"no answer within {limit} seconds")
