"""Exercise 05_1 · Run a tool and mean it ★

Run a program, give it some text, and return what it says. If it fails, or takes too long,
your caller has to notice.

What you get
    cmd     the program and its arguments, a list of strings.
            Every argument reaches the program exactly as it stands there, whatever is in it:
            spaces, quotes, ; $ * and newlines mean nothing, an empty argument arrives too.
    text    what the program reads on its standard input. It then finds the end of its input.
            The text may be longer than any pipe holds, and the program need not read it:
            one that ends without reading it has done nothing wrong.
    limit   seconds, a float above 0

What you return
    What the program wrote to its standard output, a string, once it has ended with exit code 0.
    Nothing from its standard error is in it: that is dropped if all went well.

What you raise (both come from given; raise them as they are)
    ToolFailed(code, stderr)   the program ended with another exit code.
                               code is a whole number: from 1 to 255 as the program chose it,
                               or -N if it was ended by signal N.
                               stderr is a string: what it wrote to its standard error.
    ToolTimeout()              the program had not ended after `limit` seconds.
                               It is gone by the time your caller sees this: ended, and waited for.

Input, output and errors are UTF-8 (encoded without a mark at the beginning), whatever the locale
of this machine says. Bytes on standard error that are not UTF-8 become the character U+FFFD.
Use no default encoding: Python started with -X warn_default_encoding must have nothing to say.

Tested with these programs from given/ex_05_1.py, and with short and long texts:
    ARGV      prints its arguments as a JSON list
    CAT       copies its standard input to its standard output
    FAIL      [*FAIL, "3", "out", "err"] writes "out" to stdout, "err" to stderr, ends with code 3
    ENDLESS   never ends; it starts no children of its own
Not tested: programs that do not exist, texts or programs' output with carriage returns,
standard output that is not UTF-8, arguments outside of a UTF-8 locale.
Any other exception may pass.

Example: run_tool([*CAT], "进程\\n", 10.0) is "进程\\n".
Example: run_tool([*FAIL, "3", "half", "no space left"], "", 10.0) raises
ToolFailed(3, "no space left").
"""

from collections.abc import Sequence

from given import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout


def run_tool(cmd: Sequence[str], text: str, limit: float) -> str:
    """Run a program with a text as its input and return its output.

    Args:
        cmd: the program and its arguments.
        text: its standard input.
        limit: seconds that it may take.

    Raises:
        ToolFailed: it ended with another exit code than 0.
        ToolTimeout: it did not end in time.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("run the program, and notice when it fails or takes too long")


if __name__ == "__main__":
    print("1. Arguments")
    print("   got", run_tool([*ARGV, "two words", "; ls $HOME *", ""], "", 10.0), end="")
    print('   expected ["two words", "; ls $HOME *", ""]')

    print("2. Text")
    print("   got", repr(run_tool(CAT, "tea 茶\n", 10.0)), "  expected 'tea 茶\\n'")

    print("3. A program that fails")
    try:
        print("   got", repr(run_tool([*FAIL, "3", "half", "no space left"], "", 10.0)))
    except ToolFailed as error:
        print("   got", repr(error))
    print("   expected ToolFailed(3, 'no space left')")

    print("4. A program that never ends, half a second at most")
    try:
        print("   got", repr(run_tool(ENDLESS, "", 0.5)))
    except ToolTimeout as error:
        print("   got", repr(error))
    print("   expected ToolTimeout()")
