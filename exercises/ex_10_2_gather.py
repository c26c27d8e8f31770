"""Exercise 10_2 · One large result from each child ★★

Start some children, collect one result from each, and return them all.
A result may be longer than any pipe holds. And a child may die without an answer: then your caller
has to hear of it, instead of waiting for ever.

What you get
    ctx      a context, as multiprocessing.get_context(...) returns it.
             It stands for one start method: make the children with ctx.Process.
             Use nothing else to make them, and leave the default start method alone.
    target   a function at the top of a module. Child i calls target(q, i) and uses only q.put:
             it puts one pair (i, result), once. What q is, is up to you: a ctx.Queue,
             or anything else that has a put and can be handed to a child.
    n        how many children, a whole number from 1: their indices are 0 to n - 1

All n children work at the same time: start every one before you wait for any of them.
They answer in any order, and end in any order. One may wait until another has ended.

What you return
    A dict with n entries: index -> result, each result as the child put it.
    None is a result, and so are [] and 0. What a child does after its answer does not matter:
    it may fail or end with any exit code.

What you raise (it comes from given)
    ChildDied(index, exitcode)   child `index` has ended without an answer, whatever its exit code,
                                 0 too. exitcode is what Process.exitcode says.
                                 Raise it within a second after the end of the child,
                                 though other children may still be at work, for hours perhaps.
                                 If several died so, name any of them.

When gather returns or raises, all its children have ended and have been joined. Those that still
work when you raise have to be ended: SIGTERM ends them. Close the queues that you have made.
A child that has answered ends by itself soon, if somebody takes its answer.

Tested with ctx for "fork", "spawn" and "forkserver", with up to 6 children, results up to
300 kB, and these targets from given/ex_10_2.py, which come with their first arguments filled in
(in the tests value_of, places and wait report to the grader):
    big(value_of, q, i)                    puts (i, value_of(i))
    reverse_order(places, value_of, q, i)  the same, when its turn has come; the last one goes first
    slow_to_pickle(wait, value_of, q, i)   the same; its result takes its time to be pickled
    exits_with(codes, value_of, q, i)      the same; then ends with the exit code codes[i]
    dies_at(at, code, value_of, q, i)      the same; but child `at` ends with that code before it
                                           puts anything (-9: killed by signal 9)
Not tested: results that cannot be pickled, a target that puts a wrong index or more than one pair,
a child that is killed while it puts.

Example: gather(ctx, functools.partial(big, str), 3) is {0: "0", 1: "1", 2: "2"}.
"""

import functools
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

from given import ChildDied, big, dies_at, exits_with


def gather(ctx: BaseContext, target: Callable[[Any, int], None], n: int) -> dict[int, object]:
    """Run target(q, i) in n children and return what each of them put.

    Args:
        ctx: the context that makes the children.
        target: what each child calls; it puts one pair (i, result) into q.
        n: how many children.

    Raises:
        ChildDied: a child ended without an answer; all the others have been ended.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start the children, collect their results, notice who died")


def long_text(index: int) -> str:
    """A result that no pipe holds."""
    return str(index) * 300_000


if __name__ == "__main__":
    # START=spawn python exercises/ex_10_2_gather.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. Three short results")
    print("   got", gather(ctx, functools.partial(big, str), 3))
    print("   expected, in any order, {0: '0', 1: '1', 2: '2'}")

    print("2. Three long ones")
    results = gather(ctx, functools.partial(big, long_text), 3)
    print("   got", {index: len(str(result)) for index, result in results.items()})
    print("   expected, in any order, {0: 300000, 1: 300000, 2: 300000}")

    print("3. Two that answer, and then end with 0 and with 3")
    print("   got", gather(ctx, functools.partial(exits_with, [0, 3], str), 2))
    print("   expected, in any order, {0: '0', 1: '1'}")

    print("4. Child 1 ends with 3, and without an answer")
    try:
        print("   got", gather(ctx, functools.partial(dies_at, 1, 3, str), 3))
    except ChildDied as error:
        print("   got", repr(error))
    print("   expected ChildDied(1, 3)")
