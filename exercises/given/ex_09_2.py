"""Given for exercise 09_2: a peer that answers as a script says, in a thread."""

import threading
from multiprocessing.connection import Connection

__all__ = ["CLOSE", "start_peer"]

CLOSE = "close"
"""In a script: the peer closes its end."""


def start_peer(conn: Connection, script: list[list[tuple[int, object] | str]]) -> None:
    """Answer requests in a thread that does not keep the program from ending.

    Args:
        conn: the peer's end of a pipe.
        script: what the peer sends after the first request, after the second, and so on: a list
            of (which request, answer), where the first request is 0; `CLOSE` closes the end.
            Requests after the last entry are not answered.
    """
    threading.Thread(target=_play, args=(conn, script), daemon=True).start()


def _play(conn: Connection, script: list[list[tuple[int, object] | str]]) -> None:
    numbers = []
    for turn in script:
        number, _ = conn.recv()
        numbers.append(number)
        for each in turn:
            if isinstance(each, str):
                conn.close()
                return
            which, answer = each
            conn.send((numbers[which], answer))
