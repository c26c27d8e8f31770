"""Exercise 07_1 · First line of main ★

A program that is packaged into one executable starts its spawned children by starting itself
again, with words of its own on the command line. So in such a child, too, the program begins at
the first line of its main function. multiprocessing.freeze_support() finds out whether this is a
child: if so, it does the child's work and ends the process. Otherwise it returns.

entry is that main function. What it needs from outside comes as arguments, so that it can be tried
without packaging anything. It does four things, in this order:

1.  It calls freeze(), without arguments, on every system and whether packaged or not:
    freeze finds out by itself whether there is something to do.
2.  It calls parse(argv). argv is passed on exactly as it came: with the program's name at the
    front, and with every other word.
3.  It calls run(parsed, ctx). `parsed` is what parse returned, whatever that is: None or an empty
    list, for example, is as good as anything. `ctx` is a multiprocessing context whose
    get_start_method() is "spawn".
4.  It returns what run returned.

Each of the three is called once, with positional arguments.

In a packaged child freeze() raises SystemExit when the child's work is done. Let it pass,
unchanged: neither parse nor run may be called then.

Leave the default start method of the program alone: multiprocessing.get_start_method(
allow_none=True) says the same during the call of run, and after entry, as before; also when no
start method had been chosen, and it says None.

What you get
    argv     a list of strings: the program's name and its arguments. Do not change it.
    freeze   in the place of multiprocessing.freeze_support; takes nothing, returns None
    parse    takes argv, returns an object
    run      takes that object and a context, returns a whole number: the exit code

What you return
    The whole number that run returned.

Tested with doubles of freeze, parse and run: they start no process, and report who called them
with what. Not tested: exceptions of parse or run, and any exception of freeze but SystemExit.
For your own tries, given/ex_07_1.py has such doubles: see the demonstration below.

Example: with a freeze that returns None and a run that returns 7,
entry(["tool.exe", "--fast"], freeze, parse, run) is 7.
Example: with a freeze that raises SystemExit(3), entry(...) raises SystemExit(3).
"""

from collections.abc import Callable
from multiprocessing.context import BaseContext

from given import Doubles


def entry(
    argv: list[str],
    freeze: Callable[[], None],
    parse: Callable[[list[str]], object],
    run: Callable[[object, BaseContext], int],
) -> int:
    """Be the main function of a program that may be packaged; return its exit code.

    Args:
        argv: the command line, with the program's name.
        freeze: does the work of a packaged child, and ends it; otherwise does nothing.
        parse: understands the command line.
        run: does the program's work.

    Raises:
        SystemExit: this was a packaged child; freeze() raised it.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("freeze, parse and run, in this order")


if __name__ == "__main__":
    print("1. The program as the user started it")
    doubles = Doubles()
    code = entry(["tool.exe", "--fast"], doubles.freeze, doubles.parse, doubles.run)
    print("   got", doubles.calls, "and", code)
    print(
        "   expected ['freeze()', \"parse(['tool.exe', '--fast'])\", 'run(2 words, spawn)'] and 7"
    )

    print("2. A packaged child, whose work ends with exit code 3")
    doubles = Doubles(child=3)
    try:
        code = entry(["tool.exe", "--multiprocessing-fork"], *doubles.all())
        print("   got", doubles.calls, "and", code)
    except SystemExit as end:
        print("   got", doubles.calls, "and", repr(end))
    print("   expected ['freeze()'] and SystemExit(3)")
