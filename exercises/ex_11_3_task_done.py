"""Exercise 11_3 · Honest task_done ★★

A JoinableQueue counts: put() adds one, task_done() takes one away, join() waits for zero.
The count is worth what its consumers report. And join() knows no limit: when a consumer dies
with an item in its hands, nobody reports that item, and join() waits for ever.
Write both sides, the consumer that reports honestly and the wait that always ends.

consume(q, handle)
    Takes items from q for ever, and calls handle(item) for each, one after the other.
    Each item is reported as done exactly once: when handle is through with it, never before,
    and whether handle returned or raised. Who has taken no item reports none.
    When handle raises an Exception, the item counts as done all the same, and consume goes on
    with the next one. What becomes of the exception is up to you: you may print it.
    KeyboardInterrupt and SystemExit pass to the caller of consume: from handle, when the item has
    been reported; from q.get(), where no item was taken and so none is reported.
    consume never returns.

wait_done(q, consumers, limit)
    Waits until every item that was put into q has been reported as done.
    consumers   a list of the processes that run consume on q, at least one, all started.
                They belong to your caller: wait_done does not end them.
    limit       seconds, a float of 0 or more
    Returns True as soon as everything is done, and also when everything was done before,
    even if consumers have ended since.
    Returns False when `limit` seconds have passed and something is not done.
    Returns False as soon as one of the consumers has ended, for whatever reason, while something
    is not done: do not wait for the limit then. Whether others could still do it is not asked.
    True and False are exactly those. Seconds of room are fine, a hang is not.

Given: unfinished(q) says how many items are not done yet, and does not wait. q.join() waits, and
has no timeout; q.empty() says something else: an item that was taken is not yet done.

Nobody puts anything into q while wait_done waits. When it has come back, nothing that it has
started is left: no process, and no thread but daemon threads.
Tested with processes that ctx of "fork", "spawn" and "forkserver" makes, consumers that are killed
in the middle of an item among them, and consume also with a queue of the grader's that keeps a
record of get, handle and task_done.
Not tested: consumers that are killed while they call the queue, a consumer that ends
when its share is done while others still work.

Example: three items are put, one consumer is at work, and handle raises ValueError for each item.
wait_done(q, [consumer], 10.0) is True. If the consumer dies at the second item, it is False.
"""

import functools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.queues import JoinableQueue
from typing import Any

from given import dies_on, unfinished


def consume(q: JoinableQueue, handle: Callable[[Any], Any]) -> None:
    """Handle items for ever, and report each as done exactly once.

    Args:
        q: where the items come from.
        handle: what is done with an item.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("take items for ever, handle each, and report it")


def wait_done(q: JoinableQueue, consumers: Sequence[BaseProcess], limit: float) -> bool:
    """Wait until everything is done; False if that takes too long or cannot be any more.

    Args:
        q: the queue.
        consumers: who works on it.
        limit: seconds.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("wait for the count, for a death, or for the limit")


def eight_by(number: int) -> None:
    """Divide eight by a number, and print it."""
    print("   8 //", number, "is", 8 // number, flush=True)


if __name__ == "__main__":
    # START=spawn python exercises/ex_11_3_task_done.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. A consumer that is honest about errors")
    q = ctx.JoinableQueue()
    consumer = ctx.Process(target=consume, args=(q, eight_by), daemon=True)
    consumer.start()
    for number in (4, 0, 2):
        q.put(number)
    print("   got", wait_done(q, [consumer], 10.0), "  expected True")
    print("   not done: got", unfinished(q), "  expected 0")
    consumer.kill()
    consumer.join()
    print("   afterwards: got", wait_done(q, [consumer], 10.0), "  expected True")

    print("2. A consumer that dies at work")
    q = ctx.JoinableQueue()
    handle = functools.partial(dies_on, "x")
    consumer = ctx.Process(target=consume, args=(q, handle), daemon=True)
    consumer.start()
    for item in ("a", "x", "b"):
        q.put(item)
    print("   got", wait_done(q, [consumer], 60.0), "  expected False, at once")

    print("3. Nobody at work in time")
    q = ctx.JoinableQueue()
    consumer = ctx.Process(target=consume, args=(ctx.JoinableQueue(), eight_by), daemon=True)
    consumer.start()
    q.put(1)
    print("   got", wait_done(q, [consumer], 0.2), "  expected False")
    consumer.kill()
    consumer.join()
