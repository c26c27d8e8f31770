"""A child that raised sends nothing: close your own write end, and treat end-of-file as an answer.

caught-by: P3
methods: fork spawn forkserver
"""

import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import TypeVar

from given import NotPortable

T = TypeVar("T")


def call_in_child(ctx: BaseContext, fn: Callable[..., T], *args: object) -> T:
    """Return fn(*args), called in a child process."""
    for each in (fn, *args):
        try:
            pickle.dumps(each)
        except Exception as error:
            raise NotPortable(f"{each!r} cannot be pickled") from error
    reader, writer = ctx.Pipe(duplex=False)
    child = ctx.Process(target=work, args=(writer, fn, args))
    child.start()
    answer = reader.recv()
    child.join()
    return answer


def work(writer: Connection, fn: Callable[..., object], args: tuple) -> None:
    """In the child: send the result."""
    writer.send(fn(*args))
