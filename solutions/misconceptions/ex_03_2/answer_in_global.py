"""What a child assigns stays in the child: let it send the result.

caught-by: P1
methods: fork spawn forkserver
"""

import pickle
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import TypeVar

from given import ChildFailed, NotPortable

T = TypeVar("T")


answer = None


def call_in_child(ctx: BaseContext, fn: Callable[..., T], *args: object) -> T:
    """Return fn(*args), called in a child process."""
    for each in (fn, *args):
        try:
            pickle.dumps(each)
        except Exception as error:
            raise NotPortable(f"{each!r} cannot be pickled") from error
    child = ctx.Process(target=work, args=(fn, args))
    child.start()
    child.join()
    if child.exitcode != 0:
        raise ChildFailed(f"the child ended with exit code {child.exitcode}")
    return answer


def work(fn: Callable[..., object], args: tuple) -> None:
    """In the child: keep the result."""
    global answer
    answer = fn(*args)
