"""Exercise 03_1 · A module that may be imported ★

At the end of this file stands a script, commented out. It squares the numbers from 0 to 9
in two child processes and prints the list. All of it acts at the top level of the file:
whoever imports the file starts its processes. Under spawn and forkserver every child imports it.

Turn the script into a module. Write main, write a main guard below it, and remove the script.

1. Importing the file does nothing, under whatever module name: it prints nothing, starts no
   process and no thread, and leaves no file, pipe or socket open. A Lock, a Queue or a Pool made
   at the top level opens something too. Importing other modules and defining things is fine.

2. main(ctx, numbers) squares numbers in two child processes.
       ctx       a context, as multiprocessing.get_context(...) returns it.
                 Make the processes with ctx.Process, or with something built on ctx, such as a
                 pool of two. Never set a start method.
       numbers   a sequence of whole numbers of any size and sign: a list, a tuple or a range.
                 It may be empty. Leave it as it is.
   It returns a list: the square of each number, in the order of numbers.
   It always starts exactly two child processes, also for one number, and for none.
   How the numbers are shared between the two is up to you.
   When main returns, both have ended and have been joined.

3. Run as a script, the file prints the list for the numbers 0 to 9, and nothing else, to its
   standard output, once: exactly what print([0, 1, 4, 9, 16, 25, 36, 49, 64, 81]) prints.
   It takes its context from multiprocessing.get_context() without an argument, and ends with
   exit code 0. The same holds for python -m ex_03_1_importable_module.

From given/ex_03_1.py comes send_square(conn, numbers), the target of the script: it sends one
list, the squares of numbers, through conn, and closes conn. You may use it, or a function of
your own.

Tested under "fork", "spawn" and "forkserver". The default of get_context() is chosen outside of
your file then. Lists have at most 12 numbers: what two children send fits into their pipes.
Not tested: anything in numbers that is no whole number, and other ways to start the file.

Example: main(ctx, [3, -1, 2]) is [9, 1, 4].
Try it: python exercises/ex_03_1_importable_module.py prints nothing yet. Uncomment the script
and it prints the list; then write get_context("spawn") in it, and see what happens.
"""

from collections.abc import Sequence
from multiprocessing.context import BaseContext


def main(ctx: BaseContext, numbers: Sequence[int]) -> list[int]:
    """Square the numbers in two child processes; return the squares in the order given.

    Args:
        ctx: the context that makes the processes.
        numbers: what is squared.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("square the numbers in two child processes, as the script does")


# Your main guard goes here, in place of the script.
#
# import multiprocessing
#
# from given import send_square
#
# ctx = multiprocessing.get_context()
# numbers = range(10)
#
# readers, children = [], []
# for part in (numbers[:5], numbers[5:]):
#     reader, writer = ctx.Pipe(duplex=False)
#     child = ctx.Process(target=send_square, args=(writer, part))
#     child.start()
#     writer.close()
#     readers.append(reader)
#     children.append(child)
#
# squares = []
# for reader in readers:
#     squares += reader.recv()
# for child in children:
#     child.join()
#
# print(squares)
