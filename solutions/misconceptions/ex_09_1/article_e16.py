"""Under fork the consumer inherited the write end: close there what it does not use.

caught-by: P1
methods: fork
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
    producer = ctx.Process(target=produce, args=(writer,))
    consumer = ctx.Process(target=consume, args=(reader,))
    producer.start()
    consumer.start()
    reader.close()
    writer.close()
    producer.join()
    consumer.join()
    return producer.exitcode, consumer.exitcode
