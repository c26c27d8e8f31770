"""Exercise 09_1 · A stream that ends ★★

One process writes messages to a pipe, another one reads them until the stream ends.
The writer never says that it is done, and does not close its end either: its process ends, that
is all. The reader must notice.

pump makes a pipe and starts two child processes. One calls produce(writer), once; the other calls
consume(reader), once. It waits until both have ended and returns their exit codes.

What you get
    ctx        a context, as multiprocessing.get_context(...) returns it.
               It stands for one start method: make the processes with ctx.Process and the pipe
               with ctx.Pipe. Leave the default start method alone.
    produce    a function of one argument, the end of the pipe to write to.
               It sends messages with send() and returns, or raises. It does not close its end.
    consume    a function of one argument, the end of the pipe to read from.
               It calls recv() until that raises EOFError, deals with the EOFError, and returns.
Both can be pickled, so every start method can hand them to a child. Do not call them yourself.

What you return
    A tuple of two whole numbers: the exit code of the producer's process, then the consumer's.
    0 for a function that returned, 1 for one that raised: let its traceback appear on stderr,
    and let the child end with 1 as it does by itself.

What must hold
    The consumer gets every message, unchanged and in the order in which it was sent. A message can
    be anything that can be pickled, None and b"" too. There may be none at all.
    After the last message recv() raises EOFError, under every start method, also when the
    producer has raised: what it sent before that arrives, and the consumer ends by itself.
    Producer and consumer run at the same time: the messages together may be more than a pipe holds.
    The producer may wait for seconds before its first message. That is no end of the stream.
    When pump returns, every process that it started has ended and has been joined.
    Nobody ends a child by force: the end of the stream is what ends the consumer.

You may wrap produce and consume in functions of your own that stand at the top of this file.
Further processes to help are allowed, if they have ended when pump returns.

Tested with ctx for "fork", "spawn" and "forkserver", and with these functions from
given/ex_09_1.py, each with its first arguments filled in by functools.partial:
    send_all(items, writer)              sends the items, up to 200
    fail_midway(items, writer)           sends the items, then raises
    send_late(pause, items, writer)      calls pause.wait() first, then sends the items
    collect_and_report(report, reader)   reads to the end, then calls report with the list of items
                                         (in the tests report goes to the grader)
Not tested: a consumer that raises or that stops before the end, children that are killed.

Example: pump(ctx, partial(send_all, ["a", None]), partial(collect_and_report, report)) is (0, 0),
and report has been called once, with ["a", None], in the consumer's process.
"""

import multiprocessing
import os
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext

from given import Pause, collect_and_report, fail_midway, report, send_all, send_late


def pump(
    ctx: BaseContext,
    produce: Callable[[Connection], None],
    consume: Callable[[Connection], None],
) -> tuple[int, int]:
    """Let one child write to a pipe and another one read it to its end; return both exit codes.

    Args:
        ctx: the context that makes the processes and the pipe.
        produce: what the first child calls, with the end to write to.
        consume: what the second child calls, with the end to read from.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("start both children, let the stream end, return both exit codes")


if __name__ == "__main__":
    # START=spawn python exercises/ex_09_1_pump.py tries another start method.
    ctx = multiprocessing.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())
    # If one of these does not come back, the stream has no end: press Ctrl-C.
    consume = partial(collect_and_report, report)

    print("1. Three messages: expected, from the consumer,  got (['tea', None, b''],)")
    codes = pump(ctx, partial(send_all, ["tea", None, b""]), consume)
    print("   got", codes, "  expected (0, 0)")

    print("2. A producer that raises (its traceback is part of it): expected  got (['half'],)")
    codes = pump(ctx, partial(fail_midway, ["half"]), consume)
    print("   got", codes, "  expected (1, 0)")

    print("3. A producer that takes two seconds to begin: expected  got (['at last'],)")
    codes = pump(ctx, partial(send_late, Pause(2.0), ["at last"]), consume)
    print("   got", codes, "  expected (0, 0)")
