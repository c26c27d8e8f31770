"""Exercise 02_1 · Start all, then wait for all ★

Run the same function many times, each time in a process of its own, all at once.
Then say how each process ended.

run_all starts one process for every tuple in `arglists`.
Process i calls target(*arglists[i]) and has the name names[i].
Every process is started before you wait for any of them: the targets may wait for each other.
When all have ended, return their exit codes.

What you get
    ctx        a context, as multiprocessing.get_context(...) returns it.
               It stands for one start method: make the processes with ctx.Process.
               Use nothing else to make them, and leave the default start method alone.
    target     a function at the top of a module, so that every start method can find it
    arglists   a list of tuples: the arguments for each call.
               A tuple may hold several arguments, one, or none.
    names      a list of strings, as many as there are tuples.
               No name is empty. The same name may stand there more than once.

What you return
    A list of whole numbers: entry i is the exit code of process i.
    It has the order of `arglists`, whatever the order in which the processes ended.
    For two empty lists it is the empty list, and no process is started.
    0 stands for a target that returned, N for one that called sys.exit(N) with N from 0 to 255,
    1 for one that raised an exception. Its traceback appears on stderr: let it.

When run_all returns, every process that it started has ended and has been joined.

What counts is what happens in the child: the arguments that arrive there, unchanged,
the name that multiprocessing.current_process().name has there, and that it is another process
than the one that called run_all. How you get there is up to you: you may wrap the target in
a function of your own, if that function stands at the top of this file.

Tested with ctx for "fork", "spawn" and "forkserver", and with these targets
from given/ex_02_1.py (in the tests they report to the grader):
    meet(place)        waits until all processes are at the meeting point
    leave(place, code) waits there too, then ends with this exit code; who goes first is not said
    exit_with(code)    ends its process with this exit code
    report(*args)      says which name it has and which arguments it got, strings of any length
    fail(text)         raises an exception
Not tested: lists of different length, arguments that cannot be pickled,
processes that are killed, and processes that do not end.

Example: run_all(ctx, exit_with, [(0,), (7,), (3,)], ["a", "b", "c"]) is [0, 7, 3].
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext

from given import exit_with, fail, meet, report


def run_all(
    ctx: BaseContext,
    target: Callable[..., object],
    arglists: Sequence[tuple],
    names: Sequence[str],
) -> list[int]:
    """Run target(*args) in one process per tuple; return the exit codes in the order given.

    Args:
        ctx: the context that makes the processes.
        target: what each process calls.
        arglists: the arguments, one tuple for each process.
        names: the name of each process.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start all processes, wait for all, return their exit codes")


if __name__ == "__main__":
    # START=spawn python exercises/ex_02_1_run_all.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

    print("1. Arguments and names: expected, in any order,")
    print("   red got ('one', 'two')  /  green got ('three',)  /  blue got ()")
    run_all(ctx, report, [("one", "two"), ("three",), ()], ["red", "green", "blue"])

    print("2. Exit codes")
    codes = run_all(ctx, exit_with, [(0,), (7,), (3,)], ["red", "green", "red"])
    print("   got", codes, "  expected [0, 7, 3]")

    print("3. Three processes that wait for each other, ten seconds at most")
    place = ctx.Barrier(3, timeout=10)
    codes = run_all(ctx, meet, [(place,), (place,), (place,)], ["red", "green", "blue"])
    print("   got", codes, "  expected [0, 0, 0]")

    print("4. A target that raises (its traceback is part of it)")
    codes = run_all(ctx, fail, [("on purpose",)], ["red"])
    print("   got", codes, "  expected [1]")
