"""fork never pickles, so start() does not complain there: test with pickle.dumps yourself.

caught-by: P2
methods: fork
"""

from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import TypeVar

from given import ChildFailed, NotPortable

T = TypeVar("T")


def call_in_child(ctx: BaseContext, fn: Callable[..., T], *args: object) -> T:
    """Return fn(*args), called in a child process."""
    reader, writer = ctx.Pipe(duplex=False)
    child = ctx.Process(target=work, args=(writer, fn, args))
    try:
        child.start()
    except Exception as error:
        raise NotPortable(f"{fn!r} or one of {args!r} cannot be pickled") from error
    writer.close()
    try:
        well, answer = reader.recv()
    except EOFError:
        well, answer = False, "no answer"
    child.join()
    if not well:
        raise ChildFailed(answer)
    return answer


def work(writer: Connection, fn: Callable[..., object], args: tuple) -> None:
    """In the child: send whether it went well, and the result or the text of the exception."""
    try:
        writer.send((True, fn(*args)))
    except Exception as error:
        writer.send((False, str(error)))
