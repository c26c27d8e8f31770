"""Pickling fails with PicklingError, AttributeError or TypeError, depending on the object.

caught-by: P2
methods: fork spawn forkserver
"""

import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import TypeVar

from given import ChildFailed, NotPortable

T = TypeVar("T")


def call_in_child(ctx: BaseContext, fn: Callable[..., T], *args: object) -> T:
    """Return fn(*args), called in a child process."""
    for each in (fn, *args):
        try:
            pickle.dumps(each)
        except pickle.PicklingError as error:
            raise NotPortable(f"{each!r} cannot be pickled") from error
    reader, writer = ctx.Pipe(duplex=False)
    child = ctx.Process(target=work, args=(writer, fn, args))
    child.start()
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
