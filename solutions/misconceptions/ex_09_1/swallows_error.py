"""An exception that you swallow is exit code 0: the child's end closes the pipe anyway.

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
    """In the producer's process: close the write end, whatever happens."""
    reader.close()
    try:
        produce(writer)
    except Exception as error:
        print("the producer failed:", error)
    writer.close()


def read(consume: Callable[[Connection], None], reader: Connection, writer: Connection) -> None:
    """In the consumer's process: close the write end first."""
    writer.close()
    consume(reader)
