"""Exercise 01_2 · End with a number ★

Start one process for every number; process i calls target(numbers[i]).
All of them are started before you wait for any. Return their exit codes, in the order given.

Example: end_each(ctx, exit_with, [0, 3]) is [0, 3].
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import BaseContext

from given import exit_with


def end_each(
    ctx: BaseContext, target: Callable[[object], None], numbers: list[object]
) -> list[int]:
    """Run target(number) in one process per number; return the exit codes.

    Args:
        ctx: the context that makes the processes.
        target: what each process calls.
        numbers: one for each process.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start all, wait for all, return the exit codes")


if __name__ == "__main__":
    print("got", end_each(multiprocessing.get_context(), exit_with, [0, 3]), "  expected [0, 3]")
