"""What you assign under the guard does not exist in a spawned child: pass it as an argument.

caught-by: P3
methods: fork spawn forkserver
"""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext


def send_powers(conn: Connection, numbers: Sequence[int]) -> None:
    """Send the powers of the numbers."""
    conn.send([number**power for number in numbers])
    conn.close()


def main(ctx: BaseContext, numbers: Sequence[int]) -> list[int]:
    """Square the numbers in two child processes; return the squares in the order given."""
    middle = len(numbers) // 2
    readers, children = [], []
    for part in (numbers[:middle], numbers[middle:]):
        reader, writer = ctx.Pipe(duplex=False)
        child = ctx.Process(target=send_powers, args=(writer, part))
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
    power = 2
    print(main(multiprocessing.get_context(), range(10)))
