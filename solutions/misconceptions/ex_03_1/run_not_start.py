"""p.run() calls the function right here; only start() makes a process.

caught-by: P3
methods: fork spawn forkserver
"""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.context import BaseContext

from given import send_square


def main(ctx: BaseContext, numbers: Sequence[int]) -> list[int]:
    """Square the numbers in two child processes; return the squares in the order given."""
    middle = len(numbers) // 2
    readers = []
    for part in (numbers[:middle], numbers[middle:]):
        reader, writer = ctx.Pipe(duplex=False)
        child = ctx.Process(target=send_square, args=(writer, part))
        child.run()
        writer.close()
        readers.append(reader)
    squares = []
    for reader in readers:
        squares += reader.recv()
    return squares


if __name__ == "__main__":
    print(main(multiprocessing.get_context(), range(10)))
