"""Exercise 06_1 · Time is up, for the whole family ★★★

Run a program that starts children, collect what they all write, and when time is up, end
the program and everything that it has started.

What you get
    cmd     the program and its arguments, a list of strings. It reads nothing.
    limit   seconds, a float above 0, counted from the start of the program

What you return
    A tuple (output, late).
    output   bytes: all that was written to the program's standard output, by the program and
             by its children, which have the same standard output. Any bytes may be in it.
             Standard error is not part of it: leave it alone.
    late     a bool: whether time ran out

It was in time, and late is False, when both have happened within `limit` seconds:
the program has ended, and its output has come to its end (nobody holds it open any more).
So a program that ends early is still late if one of its children keeps the output open,
and so is one that closes its output and goes on.

When time runs out, end the whole family. The output is then what was written until that moment.
Nothing that was written before may be lost. Do not give up before the limit;
come back at most 3 seconds after it, although children may hold the pipe.

When it was in time, children may still run that hold no output: end these as well,
and return the whole output, up to 300 kB and more.

Whichever way it ended, when run_tree returns
    the whole family has been ended by a signal that nobody can ignore, or by itself.
        You cannot wait for a grandchild: one that was killed may need a moment to be gone.
    no zombie is left: the program that you started has been waited for.
    your caller is alive, and so are its other children and the other members of its own group.

No member leaves the session or the process group in which the program was started.
Members may ignore SIGTERM. What the program's exit code is does not matter.
This exercise needs POSIX: process groups are not there on Windows.

Tested with FAMILY from given/ex_06_1.py, as [*FAMILY, kind, size, address]. Each member writes
its name, a newline and `size` bytes; then it says at `address` that it is there
(in the tests the grader listens; Lifeline from given does it on your own machine).
Members that stay never end by themselves. The kinds:
    ends       the program writes, starts a child, ends; then the child writes and ends
    leaves     the same, and a second child, which holds no output, stays
    stays      the program, its child and its grandchild write and stay
    stubborn   the same; all ignore SIGTERM
    orphans    the program writes and ends; its child and its grandchild write and stay
    mute       a program without children writes, closes its output and stays
Not tested: programs that do not exist, and what becomes of run_tree when it is interrupted.

Example: with line = Lifeline(), run_tree([*FAMILY, "stays", "0", line.address], 1.0) is
(b"program\\nchild\\ngrandchild\\n", True), and line.living() is 0 then.
"""

from collections.abc import Sequence

from given import FAMILY, Lifeline


def run_tree(cmd: Sequence[str], limit: float) -> tuple[bytes, bool]:
    """Run a program; when time is up, end it and everything that it started.

    Args:
        cmd: the program and its arguments.
        limit: seconds that it may take.

    Returns:
        What was written to its standard output, and whether time ran out.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("run it, read its output, and end the whole family")


if __name__ == "__main__":
    print("1. In time")
    line = Lifeline()
    print("   got     ", run_tree([*FAMILY, "ends", "0", line.address], 30.0))
    print("   expected (b'program\\nchild\\n', False)")

    print("2. In time, with a child that stays behind and holds no output")
    line = Lifeline()
    print("   got     ", run_tree([*FAMILY, "leaves", "0", line.address], 30.0))
    print("   expected (b'program\\nchild\\n', False)")
    print("   alive:  ", line.living(), "  expected 0")

    print("3. Nobody ends, one second at most")
    line = Lifeline()
    print("   got     ", run_tree([*FAMILY, "stays", "0", line.address], 1.0))
    print("   expected (b'program\\nchild\\ngrandchild\\n', True)")
    print("   alive:  ", line.living(), "  expected 0")
