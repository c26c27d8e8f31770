"""Without the guard every spawned child runs your script again.

caught-by: P1
methods: fork spawn forkserver
"""

import multiprocessing
from collections.abc import Sequence
from multiprocessing.context import BaseContext

from given import send_square


def main(ctx: BaseContext, numbers: Sequence[int]) -> list[int]:
    """Square the numbers in two child processes; return the squares in the order given."""
    middle = len(numbers) // 2
    readers, children = [], []
    for part in (numbers[:middle], numbers[middle:]):
        reader, writer = ctx.Pipe(duplex=False)
        child = ctx.Process(target=send_square, args=(writer, part))
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


print(main(multiprocessing.get_context(), range(10)))
