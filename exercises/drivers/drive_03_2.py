"""For exercise 03_2: things that cannot be pickled, functions that fail, and a count of starts."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any


def call_in_child(submission: ModuleType, ctx: BaseContext, kind: str, text: str) -> dict[str, Any]:
    """Let `call_in_child` call a function that gives no result: ``boom``, or one of those below."""
    import given

    return _outcome(submission, ctx, _FAILING.get(kind, given.boom), text)


def call_with_unportable(
    submission: ModuleType, ctx: BaseContext, kind: str, at: int, *call: Any
) -> dict[str, Any]:
    """Let `call_in_child` call something, with a thing that cannot be pickled in its place.

    Args:
        submission: has `call_in_child`.
        ctx: passed to it.
        kind: of the thing.
        at: which entry of ``call`` the thing replaces.
        call: the function and its arguments.
    """
    with _unportable(kind) as thing:
        names = [repr(thing), str(getattr(thing, "__qualname__", ""))]
        with _counted() as started:
            outcome = _outcome(submission, ctx, *call[:at], thing, *call[at + 1 :])
    return {**outcome, "names": names, "started": len(started)}


def _outcome(
    submission: ModuleType, ctx: BaseContext, fn: Callable[..., Any], *args: Any
) -> dict[str, Any]:
    import given

    try:
        return {"returned": submission.call_in_child(ctx, fn, *args)}
    except given.NotPortable as error:
        return {"not_portable": str(error)}
    except given.ChildFailed as error:
        return {"child_failed": str(error)}


@contextlib.contextmanager
def _unportable(kind: str) -> Iterator[Any]:
    def nested(*args: object) -> None:
        return None

    things = {
        "lambda": lambda: lambda *args: None,
        "nested function": lambda: nested,
        "lock": threading.Lock,
        "generator": lambda: (number for number in ()),
    }
    if kind == "open file":
        with open(os.devnull) as file:
            yield file
    else:
        yield things[kind]()


@contextlib.contextmanager
def _counted() -> Iterator[list[str]]:
    """Note each process that multiprocessing starts, whichever context or executor does it."""
    started: list[str] = []
    start = BaseProcess.start

    def counted(self: BaseProcess) -> None:
        start(self)
        started.append(self.name)

    BaseProcess.start = counted  # type: ignore[method-assign]
    try:
        yield started
    finally:
        BaseProcess.start = start  # type: ignore[method-assign]


class Peculiar(Exception):
    """Can be pickled, but not unpickled: its constructor wants more than its text."""

    def __init__(self, text: str, *, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


def raise_peculiar(text: str) -> None:
    """Raise an exception that does not arrive."""
    raise Peculiar(text, reason="on purpose")


def return_lambda(text: str) -> Callable[[], str]:
    """Return what cannot be pickled."""
    return lambda: text


def return_lock(text: str) -> Any:
    """Return what cannot be pickled either, but fails with another exception."""
    return threading.Lock()


def leave(text: str) -> None:
    """End the process in order, without a result."""
    sys.exit(0)


def vanish(text: str) -> None:
    """End the process at once."""
    os._exit(0)


def killed(text: str) -> None:
    """End the process by a signal."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_FAILING = {
    "peculiar": raise_peculiar,
    "returns a lambda": return_lambda,
    "returns a lock": return_lock,
    "sys.exit": leave,
    "os._exit": vanish,
    "killed": killed,
}
