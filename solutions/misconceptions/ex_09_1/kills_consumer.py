"""A producer that failed has ended, too: the consumer gets its end-of-file, let it finish.

caught-by: P2
methods: fork spawn forkserver
"""

from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext


def pump(
    ctx: BaseContext,
    produce: Callable[[Connection], None],
    consume: Callable[[Connection], None],
) -> tuple[int, int]:
    """Let one child write to a pipe and another one read it to its end; return both exit codes."""
    reader, writer = ctx.Pipe(duplex=False)
    producer = ctx.Process(target=use_one_end, args=(produce, writer, reader))
    consumer = ctx.Process(target=use_one_end, args=(consume, reader, writer))
    producer.start()
    consumer.start()
    reader.close()
    writer.close()
    producer.join()
    if producer.exitcode != 0:
        consumer.terminate()
    consumer.join()
    return producer.exitcode, consumer.exitcode


def use_one_end(work: Callable[[Connection], None], used: Connection, other: Connection) -> None:
    """In a child: close the other end, then do the work with the one that is left."""
    other.close()
    work(used)
