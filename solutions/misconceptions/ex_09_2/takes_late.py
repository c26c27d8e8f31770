"""After a timeout the old answer is still on its way: compare the numbers.

caught-by: P2
methods: once
"""

from multiprocessing.connection import Connection


class Asker:
    """Asks the peer at the other end of a pipe; each answer belongs to one question."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._number = 0

    def ask(self, request: object, limit: float) -> object:
        """Send a request and return its answer."""
        self._number += 1
        self._conn.send((self._number, request))
        try:
            if self._conn.poll(limit):
                _, answer = self._conn.recv()
                return answer
        except EOFError:
            raise ConnectionError("the peer has closed its end") from None
        raise TimeoutError(f"no answer within {limit} seconds")
