"""For exercise 04_1: a real child, and what its exit code was at three moments."""

import sys
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from types import ModuleType


def wait_and_end(line: Connection) -> None:
    """Wait for a word, then end as it says: return, raise, or exit with a code."""
    how = line.recv()
    if how == "raise":
        raise RuntimeError("on purpose")
    if how != "return":
        sys.exit(how)


def exit_codes(submission: ModuleType, ctx: BaseContext, end: str | int) -> list[int | None]:
    """Make a child that ends in a given way: its exit code before start, while it waits, at last.

    Args:
        submission: not asked.
        ctx: makes the child.
        end: ``return``, ``raise``, ``terminate``, ``kill``, or the code to exit with.
    """
    ours, theirs = ctx.Pipe()
    with ours, theirs:
        child = ctx.Process(target=wait_and_end, args=(theirs,))
        codes = [child.exitcode]
        child.start()
        codes.append(child.exitcode)
        if end == "terminate":
            child.terminate()
        elif end == "kill":
            child.kill()
        else:
            ours.send(end)
        child.join()
        return [*codes, child.exitcode]
