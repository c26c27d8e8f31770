"""poll() is False when nothing has come yet: only EOFError means that nothing will.

caught-by: P3
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
    producer = ctx.Process(target=write, args=(produce, writer, reader))
    consumer = ctx.Process(target=read, args=(consume, reader, writer))
    producer.start()
    consumer.start()
    reader.close()
    writer.close()
    producer.join()
    consumer.join()
    return producer.exitcode, consumer.exitcode


def write(produce: Callable[[Connection], None], writer: Connection, reader: Connection) -> None:
    """In the producer's process: close the read end first."""
    reader.close()
    produce(writer)


def read(consume: Callable[[Connection], None], reader: Connection, writer: Connection) -> None:
    """In the consumer's process: consume, if there is anything to consume."""
    writer.close()
    if reader.poll(0.5):
        consume(reader)
