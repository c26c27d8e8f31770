"""Exercise 11_2 · Fan out, fan in ★★

Spread the items over several worker processes, and bring their results together again.

fan_out starts n worker processes and feeds them through one queue of items: whichever worker is
free takes the next one. So the worker loop of exercise 11_1 is written once more, now with the
position of each item, because the results come back in any order.

What you get
    ctx      a context, as multiprocessing.get_context(...) returns it.
             Make processes and queues with it and with nothing else.
    items    a list, perhaps empty. Its items may be equal, None, 0 or "".
    handle   a function of one item. It is called in the workers, once for each item.
             Give it to a worker when you make the worker, as an argument of its process:
             it may hold what cannot go through a queue, a barrier for example.
    n        how many workers, at least 1. There may be more workers than items.

What you return
    A list: entry i is what handle returned for items[i], whatever the order in which they were
    done. It equals [handle(item) for item in items].

What you raise
    When handle raises an Exception for an item, that exception is raised here: the same type and
    the same arguments. When it does so for several items, the first one counts, by the order of
    `items`, not by the order in which the news came. Of the other items, those behind it too, you
    may handle as many as you like.

When fan_out returns or raises, its workers have ended and have been joined, and its queues are
closed. A thread of your own has ended, too.

If there are as many items as workers or more, n of them are handled at the same time: handle may
wait until it runs in n processes at once.

A queue of items should be bounded, so that a million items do not all lie in it: 2 * n is enough
(not tested). Results may be larger than any pipe holds: a worker cannot end before somebody has
read its results, and a bounded queue of items does not get empty while no worker can go on.

Tested with ctx for "fork", "spawn" and "forkserver", with up to 50 items and n from 1 to 5, with
handle functions that ask the grader, and with these:
    meet(place)    from given/ex_02_1.py: waits until n processes are at the meeting point
    large(size)    from given/ex_11_2.py: returns a text of so many characters
Not tested: exceptions and results that cannot be pickled, a handle that raises KeyboardInterrupt
or SystemExit, workers that are killed.

Example: fan_out(ctx, [3, 0, 2], large, 2) is ["xxx", "", "xx"].
"""

import functools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext
from typing import Any

from given import large, meet


def fan_out(
    ctx: BaseContext, items: Sequence[Any], handle: Callable[[Any], Any], n: int
) -> list[Any]:
    """Run handle over the items in n processes; return the results in the order of the items.

    Args:
        ctx: the context that makes processes and queues.
        items: what is to be handled.
        handle: what the workers do with an item.
        n: the number of workers.

    Raises:
        Exception: what handle raised, for the first item for which it did.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start n workers, feed them, gather the results, let them go")


def eight_by(number: int) -> int:
    """Divide eight by a number."""
    return 8 // number


def meet_and_return(place: Any, item: Any) -> Any:
    """Wait for the others at a meeting point, and return the item."""
    meet(place)
    return item


if __name__ == "__main__":
    # START=spawn python exercises/ex_11_2_fan_out.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. Results in the order of the items")
    print("   got", fan_out(ctx, [4, 2, 1, 8], eight_by, 2), "  expected [2, 4, 8, 1]")
    print("   got", fan_out(ctx, [], eight_by, 3), "  expected []")

    print("2. Three workers at once, ten seconds at most")
    handle = functools.partial(meet_and_return, ctx.Barrier(3, timeout=10))
    print("   got", fan_out(ctx, ["a", "b", "c"], handle, 3), "  expected ['a', 'b', 'c']")

    print("3. Large results")
    sizes = [len(text) for text in fan_out(ctx, [300_000, 0, 300_000], large, 2)]
    print("   got", sizes, "  expected [300000, 0, 300000]")

    print("4. An error")
    try:
        print("   got", fan_out(ctx, [4, 0, "four"], eight_by, 2))
    except ZeroDivisionError as error:
        print("   got", repr(error))
    print("   expected a ZeroDivisionError")
