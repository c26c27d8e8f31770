"""Exercise 04_1 · What does this exit code say ★

`Process.exitcode` packs three kinds of news into one value. Unpack it into words.

What you get
    exitcode   None or a whole number, as `Process.exitcode` has it

What you return, a string
    "not finished"         for None: the process was not started, or has not ended
    "ok"                   for 0
    "failed with N"        for a number N above 0
    "killed by NAME"       for a number below 0. Without its minus it is the number of a signal.
                           NAME is what signal.Signals calls it: "SIGTERM" for 15.
    "killed by signal N"   for a number below 0 whose signal has no name here.
                           N is the number of the signal, without a minus.

A signal has a name if signal.Signals knows its number. On Linux it knows 1 to 31, 34 and 64;
other systems know others. Where two names have the same number, signal.Signals decides.

Write exactly these words: no capital letters, no full stop, one space between two words.

Tested with None and all whole numbers from -200 to 300, and with the exit codes of real
children that you do not see, made under "fork", "spawn" and "forkserver".
Not tested: anything that is neither None nor a whole number.

Example: describe(3) is "failed with 3", and describe(-15) is "killed by SIGTERM".
"""

import multiprocessing
import os
import signal

from given import exit_with, fail


def describe(exitcode: int | None) -> str:
    """Say in words how a process ended.

    Args:
        exitcode: what `Process.exitcode` shows.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("say in words what the exit code means")


if __name__ == "__main__":
    print("1. Codes")
    for code, expected in (
        (None, "not finished"),
        (0, "ok"),
        (255, "failed with 255"),
        (-2, "killed by SIGINT"),
        (-200, "killed by signal 200"),
    ):
        print(f"   {code}: got {describe(code)!r}  expected {expected!r}")

    # START=spawn python exercises/ex_04_1_describe.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("2. Children (the traceback is part of it), start method:", ctx.get_start_method())
    for target, argument, expected in (
        (exit_with, 0, "ok"),
        (exit_with, 3, "failed with 3"),
        (fail, "on purpose", "failed with 1"),
        (signal.raise_signal, signal.SIGTERM, "killed by SIGTERM"),
    ):
        child = ctx.Process(target=target, args=(argument,))
        before = describe(child.exitcode)
        child.start()
        child.join()
        after = describe(child.exitcode)
        print(f"   got {before!r}, then {after!r}  expected 'not finished', then {expected!r}")
