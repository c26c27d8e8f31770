"""Exercise 10_1 · Back-pressure ★

Put items into a queue of limited size, and lose none of them.
A queue that is full is no error: whoever feeds it waits until there is room again.
That is back-pressure. Only when there is no room for too long has somebody to hear about it.

What you get
    q        a queue that another process reads, as ctx.Queue(maxsize) returns it.
             It belongs to your caller, who goes on using it: put is all you need of it.
    items    anything that a for loop takes: a list, a generator, an endless supply.
             They may be any objects that a queue can carry, None and 0 among them.
    limit    seconds, a float above 0: how long one item may wait for its place.
             It counts for each item anew. All items together may take as long as they like.

What you return
    A whole number: how many items you have put into the queue.
    All of them are in it then, or have been through it, in the order in which they came.

What you raise (it comes from given)
    Backlog(delivered)   one item found no place within `limit` seconds. delivered is a whole
                         number: how many items before it were placed. Take no further items then.

Everything else that goes wrong is not yours, and your caller gets it as it is, the same object:
whatever `items` raises when it is asked for the next item, be it even queue.Full or
KeyboardInterrupt, and whatever put raises except queue.Full.

Two rules
    Take the items one at a time: the next one only when the one before has its place.
    Do not poll. The waiting is done by put, in one call that waits up to `limit` seconds.
    You may try first without waiting, once per item. But no loop around a try, and no short
    waits one after the other. Nor may you trust q.full(), q.empty() and q.qsize():
    they are guesses, and in the tests they are wrong.

Tested with a real queue, under "fork", "spawn" and "forkserver", whose reader takes an item only
when the queue is full, and with an object that has the methods of such a queue and a maxsize
from 1 to 5: it knows how put is called, its reader takes an item only while somebody waits, or
has gone away for good.
Not tested: a queue that somebody else feeds at the same time, items that cannot be pickled.

Example: for a queue with maxsize 2 that nobody reads, feed(q, "abc", 0.1) raises Backlog(2),
and feed(q, "ab", 0.1) returns 2.
"""

import multiprocessing
import os
from collections.abc import Iterable
from multiprocessing.queues import Queue

from given import END, Backlog, slow_reader


def feed(q: Queue, items: Iterable[object], limit: float) -> int:
    """Put every item into the queue, waiting for room; return how many there were.

    Args:
        q: the queue.
        items: what to put, in this order.
        limit: seconds that one item may wait.

    Raises:
        Backlog: an item found no place in time.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("put the items, wait for room, and say when there is none")


if __name__ == "__main__":
    # START=spawn python exercises/ex_10_1_feed.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. A reader that takes an item only when the queue is full")
    queue, over = ctx.Queue(2), ctx.Event()
    reader = ctx.Process(target=slow_reader, args=(queue, over, print))
    reader.start()
    try:
        print("   feed returned", feed(queue, ["red", "green", None, "blue"], 10.0), " expected 4")
    finally:
        over.set()
        queue.put(END)
        reader.join()
    print("   expected above: red, green, None, blue, one a line")

    print("2. Nobody reads, and each item may wait for a tenth of a second")
    queue = ctx.Queue(2)
    try:
        print("   got", feed(queue, "abc", 0.1), end="")
    except Backlog as error:
        print("   got", repr(error), end="")
    print("  expected Backlog(2)")
    queue.cancel_join_thread()  # nobody will ever read these two
