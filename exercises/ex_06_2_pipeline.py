"""Exercise 06_2 · A pipeline without a shell ★★

Connect several programs as a shell does with  a | b | c : what one writes to its standard output,
the next one reads from its standard input.

What you get
    cmds   a list of one or more commands. Each is a list of strings: a program and its arguments.
           Leave both kinds of lists as they are.
    data   bytes for the standard input of the first program, which then finds the end of its input.
           There may be none, or more than any pipe holds.

What you return
    A tuple (output, codes).
    output   bytes: all that the last program wrote to its standard output, up to the end
    codes    a list of whole numbers: the exit code of every program, in the order of `cmds`.
             A program that was ended by signal N counts as -N.

All programs run at the same time. Use no shell and no file on a disk.
Standard error of the programs is not yours: leave it alone.

A program may end without reading all of its input.
    If it is the first one, the rest of `data` is dropped. That is no error.
    If it is a later one, the program before it must notice: on its next attempt to write it gets
    the signal SIGPIPE, or an error. So a program that writes for ever ends too.
An exit code other than 0 is no error either: it is in the list, and that is all.

When pipeline returns, all programs have ended and have been waited for.

Tested with one to four of these programs from given, and with up to 300 kB of data:
    CAT                  copies its input to its output
    UPPER                the same, with the letters a to z as A to Z
    [*HEAD, "5"]         copies 5 bytes of its input and ends, without reading the rest
    [*CAT_THEN, "3"]     copies its input and ends with exit code 3; "-9": by signal 9
    [*YES, "word"]       writes lines with the word for ever, reads nothing, ends by SIGPIPE
Exit codes are tested where they are certain: a CAT in front of a HEAD may or may not notice.
Not tested: an empty list, programs that do not exist.

Example: pipeline([CAT, UPPER, [*CAT_THEN, "3"]], b"tea") is (b"TEA", [0, 0, 3]).
Example: pipeline([[*YES, "tea"], [*HEAD, "8"]], b"") is (b"tea\\ntea\\n", [-13, 0]),
with -13 for SIGPIPE, on all systems but Windows.
"""

from collections.abc import Sequence

from given import CAT, CAT_THEN, HEAD, UPPER, YES


def pipeline(cmds: Sequence[Sequence[str]], data: bytes) -> tuple[bytes, list[int]]:
    """Connect programs, each one's output to the input of the next.

    Args:
        cmds: the programs with their arguments.
        data: standard input of the first.

    Returns:
        Standard output of the last, and the exit codes of all.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start all programs, connect them, feed the first, read the last")


if __name__ == "__main__":
    print("1. Three programs")
    print("   got     ", pipeline([CAT, UPPER, [*CAT_THEN, "3"]], b"tea"))
    print("   expected (b'TEA', [0, 0, 3])")

    print("2. More than a pipe holds")
    output, codes = pipeline([CAT], b"tea " * 75_000)
    print("   got     ", len(output), "bytes and", codes)
    print("   expected 300000 bytes and [0]")

    print("3. A program that writes for ever, and one that has had enough")
    print("   got     ", pipeline([[*YES, "tea"], [*HEAD, "8"]], b""))
    print("   expected (b'tea\\ntea\\n', [-13, 0])")
