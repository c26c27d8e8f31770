"""A nested function or a lambda cannot be found by a spawned child.

caught-by: P3
methods: spawn forkserver
"""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext


def main(ctx: BaseContext, numbers: Sequence[int]) -> list[int]:
    """Square the numbers in two child processes; return the squares in the order given."""

    def send(conn: Connection, numbers: Sequence[int]) -> None:
        conn.send([number**2 for number in numbers])
        conn.close()

    middle = len(numbers) // 2
    readers, children = [], []
    for part in (numbers[:middle], numbers[middle:]):
        reader, writer = ctx.Pipe(duplex=False)
        child = ctx.Process(target=send, args=(writer, part))
        child.start()
        writer.close()
        readers.append(reader)
        children.append(child)
    squares = []
    for reader in readers:
        squares += reader.recv()
    for child in children:
        child.join()
    return squares


if __name__ == "__main__":
    print(main(multiprocessing.get_context(), range(10)))
