"""Every second number for each child, one queue for both, and a main without arguments on top."""

import multiprocessing as mp
import sys


def _work(queue, first, numbers):
    queue.put((first, [n * n for n in numbers]))


def main(ctx, numbers):
    numbers = list(numbers)
    queue = ctx.SimpleQueue()
    workers = [ctx.Process(target=_work, args=(queue, i, numbers[i::2])) for i in (0, 1)]
    for worker in workers:
        worker.start()
    squares = [0] * len(numbers)
    for _ in workers:
        first, part = queue.get()
        squares[first::2] = part
    for worker in workers:
        worker.join()
    queue.close()
    return squares


def script():
    sys.stdout.write(f"{main(mp.get_context(), range(10))}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(script())
