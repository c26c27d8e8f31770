"""Given for exercise 03_1: a target for child processes."""

from collections.abc import Iterable
from multiprocessing.connection import Connection

__all__ = ["send_square"]


def send_square(conn: Connection, numbers: Iterable[int]) -> None:
    """Send one list, the squares of `numbers`, through `conn`, and close it."""
    conn.send([number * number for number in numbers])
    conn.close()
