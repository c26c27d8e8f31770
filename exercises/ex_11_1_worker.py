"""Exercise 11_1 · A worker that never leaves early ★

Write the loop that a worker process runs: take an item, handle it, answer, take the next one.
It ends when it is told to, not when there happens to be nothing to do.

What you get
    tasks     a queue of items. Take them with get(). Sooner or later STOP comes out of it.
    results   a queue for your answers. Put them there with put().
    handle    a function of one argument, the item

What you do
    For every item, put one tuple of three into `results`, before you take the next item:
        (item, "ok", what handle(item) returned)
        (item, "error", str(error))    when handle(item) raised `error`, an Exception
    handle is called once for each item. An error does not end the worker: the next item is next.
    KeyboardInterrupt and SystemExit are no answers. If handle raises one, it passes to your caller,
    and this item is not answered.

What you return
    A whole number: how many items you have taken, good ones and bad ones. STOP is not one of them.

STOP comes from given. There is one STOP in each process, and it is the same after it has travelled
through a queue: compare with `is`. It is for you alone. When you have taken it, take nothing more
from `tasks` and put nothing into it, STOP neither: what is still there is for other workers.
STOP is not handled and not answered.

Anything else is an ordinary item: None, 0, "", an empty list, the string "STOP".
So is anything else an ordinary result.

Both are queues as multiprocessing.Queue makes them, or as given.MootQueue does.
That one is as misleading as the documentation of multiprocessing permits: empty() may be True,
qsize() may be 0, a get() that does not wait may raise queue.Empty, and so may one with a timeout,
while items are on their way. Only a get() that waits for as long as it takes tells the truth.
handle may itself raise queue.Empty: then that is an error like any other.

Tested in one process with such a MootQueue, and as the target of a process,
ctx.Process(target=worker, args=(tasks, results, handle)), under "fork", "spawn" and "forkserver".
Not tested: items and results that cannot be pickled, a `results` that is full, another end of the
work than STOP.

Example: with STOP behind the items 4, 0 and 2 in `tasks`, worker(tasks, results, lambda n: 8 // n)
returns 3, and `results` holds (4, "ok", 2), (0, "error", "integer division or modulo by zero")
and (2, "ok", 4).
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from given import STOP, MootQueue


def worker(tasks: Queue, results: Queue, handle: Callable[[Any], Any]) -> int:
    """Handle items and answer them until STOP comes; return how many there were.

    Args:
        tasks: where the items come from.
        results: where the answers go.
        handle: what is done with an item.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("take items and answer them until STOP comes")


def eight_by(number: int) -> int:
    """Divide eight by a number."""
    return 8 // number


if __name__ == "__main__":
    print("1. In this process, with a misleading queue")
    tasks, results = MootQueue([4, 0, 2, STOP, 1]), MootQueue()
    print("   got", worker(tasks, results, eight_by), "  expected 3")
    for expected in (
        (4, "ok", 2),
        (0, "error", "integer division or modulo by zero"),
        (2, "ok", 4),
    ):
        print("   got", results.get(), "  expected", expected)
    print("   left for others: got", tasks.get(), "  expected 1")

    # START=spawn python exercises/ex_11_1_worker.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("2. In a child, start method", ctx.get_start_method())
    tasks, results = ctx.Queue(), ctx.Queue()
    child = ctx.Process(target=worker, args=(tasks, results, eight_by))
    child.start()
    for item in (2, 0, STOP):
        tasks.put(item)
    for expected in ((2, "ok", 4), (0, "error", "integer division or modulo by zero")):
        print("   got", results.get(timeout=10), "  expected", expected)
    child.join()
    print("   exit code: got", child.exitcode, "  expected 0")
