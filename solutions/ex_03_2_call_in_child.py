"""Exercise 03_2: pickle first, then one child, one pipe, and end-of-file as an answer."""

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
        except Exception as error:
            raise NotPortable(f"{each!r} cannot be pickled: {error}") from None
    reader, writer = ctx.Pipe(duplex=False)
    with reader:
        child = ctx.Process(target=_call, args=(writer, fn, args))
        child.start()
        # Only the child can write now: when it ends, reading ends.
        writer.close()
        try:
            well, answer = reader.recv()
        except EOFError:
            well, answer = False, ""
        child.join()
    if not well:
        raise ChildFailed(answer or f"the child ended with exit code {child.exitcode}")
    return answer


def _call(writer: Connection, fn: Callable[..., object], args: tuple) -> None:
    """In the child: send whether it went well, and the result or the text of the exception."""
    with writer:
        try:
            writer.send((True, fn(*args)))
        except Exception as error:
            writer.send((False, str(error) or type(error).__name__))
