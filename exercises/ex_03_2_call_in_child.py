"""Exercise 03_2 · Refuse what fork would hide ★★

Call a function in a child process and bring its result back. What would fail elsewhere, under
spawn, shall fail here too, under every start method, and before a process starts.

call_in_child calls fn(*args) in a child process and returns what it returns.

What you get
    ctx     a context, as multiprocessing.get_context(...) returns it.
            Make the process with ctx.Process, or with something built on ctx (an executor).
            Leave the default start method alone.
    fn      something that can be called
    args    its arguments; there may be none

What you return
    The result of fn(*args), computed in the child. It may be anything that pickle can carry:
    None, False, an empty list, or a tuple that looks like one of your own messages.

What you raise (both come from given; each takes one text)
    NotPortable(text)   fn or one of the arguments cannot be pickled: pickle.dumps of it raises
                        an exception, of whatever type. No process has been started then, under
                        fork neither. The text contains the repr() or the __qualname__ of the
                        function or argument that is at fault.
    ChildFailed(text)   the child gave no result:
                        - fn raised an exception, any subclass of Exception: the text contains
                          str(exception). The exception itself may be unfit to travel.
                        - the result cannot be pickled.
                        - the child ended without an answer, for whatever reason: sys.exit,
                          os._exit, a signal.
                        Wherever there is no original text, the text is up to you.
                        The child may print a traceback on stderr.

When call_in_child returns or raises, the child has ended and has been joined.

Tested with ctx for "fork", "spawn" and "forkserver".
Not portable in the tests: a lambda, a function inside a function, a threading.Lock, a generator,
an open file; as fn, where it can be called, or as any one of the arguments.
Locks of multiprocessing are not tested. Arguments and results are short: each fits into a pipe.
Not tested: a child that does not end, and what can be pickled but not unpickled.

Example: call_in_child(ctx, square, 7) is 49.
Example: call_in_child(ctx, boom, "no space left") raises ChildFailed("no space left").
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import TypeVar

from given import ChildFailed, NotPortable, boom, square

T = TypeVar("T")


def call_in_child(ctx: BaseContext, fn: Callable[..., T], *args: object) -> T:
    """Return fn(*args), called in a child process.

    Args:
        ctx: the context that makes the process.
        fn: what the child calls.
        args: the arguments.

    Raises:
        NotPortable: fn or an argument cannot be pickled; nothing was started.
        ChildFailed: fn raised, or the child gave no result.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("refuse what cannot travel, then call fn in a child")


if __name__ == "__main__":
    # START=spawn python exercises/ex_03_2_call_in_child.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. A result: got", call_in_child(ctx, square, 7), "  expected 49")

    print("2. A lambda")
    try:
        print("   got", call_in_child(ctx, lambda: 7))
    except NotPortable as error:
        print("   got NotPortable:", error)
    print("   expected NotPortable, and the lambda in its text")

    print("3. A function that raises")
    try:
        print("   got", call_in_child(ctx, boom, "no space left"))
    except ChildFailed as error:
        print("   got ChildFailed:", error)
    print("   expected ChildFailed: no space left")

    print("4. A child that ends without an answer")
    try:
        print("   got", call_in_child(ctx, os._exit, 3))
    except ChildFailed as error:
        print("   got ChildFailed:", error)
    print("   expected ChildFailed, with a text of yours")
