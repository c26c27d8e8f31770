"""Stand-ins, in the student's processes, for objects that live in the grader.

A call on a stand-in opens a connection of its own to the grader's witness, says what is asked,
and waits for the answer. One connection a call: so the kernel vouches for the process that asks,
and nothing is shared by accident between a parent and its forked children.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

from . import wire

WITNESS = "GRADER_WITNESS"
"""Environment variable with the address of the witness: ``unix:PATH`` or ``tcp:PORT:TOKEN``."""


class WitnessError(RuntimeError):
    """The grader refused a call on one of its objects, or is not there any more."""


class Remote:
    """An object of the grader, as the student's code sees it.

    Picklable: it carries a number, a name and the names of its methods, nothing else.
    """

    def __init__(self, number: int, name: str, methods: list[str]) -> None:
        self.__name__ = self.__qualname__ = name
        self._number = number
        self._methods = tuple(methods)

    def __getattr__(self, method: str) -> _Method:
        if method.startswith("_") or method not in self.__dict__.get("_methods", ()):
            raise AttributeError(f"{self!r} has no {method!r}")
        return _Method(self, method)

    def __call__(self, *args: Any) -> Any:
        if "__call__" not in self._methods:
            raise TypeError(f"{self!r} is not callable")
        return ask(self._number, "__call__", args)

    def __repr__(self) -> str:
        return f"<{self.__dict__.get('__name__', 'object')} of the grader>"


class _Method:
    """A bound method of a `Remote`; a class, so that it can be pickled as well."""

    def __init__(self, remote: Remote, name: str) -> None:
        self.__self__ = remote
        self.__name__ = name

    def __call__(self, *args: Any) -> Any:
        return ask(self.__self__._number, self.__name__, args)


def ask(number: int, method: str, args: tuple[Any, ...]) -> Any:
    """Call a method of the grader's object and return what it answers.

    Raises:
        WitnessError: the grader is gone, or refuses.
    """
    question = {
        "token": os.environ.get(WITNESS, "").rpartition(":")[2],
        "to": number,
        "do": method,
        "args": wire.encode(list(args)),
        "pid": os.getpid(),
        "process": _process_name(),
        "method": _start_method(),
    }
    try:
        with _connect() as connection:
            connection.sendall(wire.frame(question))
            answer = wire.read_frame(connection.recv)
    except (OSError, EOFError) as error:
        raise WitnessError(f"the grader does not answer: {error}") from None
    if answer is None:
        raise WitnessError("the grader does not answer any more")
    if "refused" in answer:
        raise WitnessError(str(answer["refused"]))
    return wire.decode(answer["ok"])


def _connect() -> socket.socket:
    kind, _, rest = os.environ.get(WITNESS, "").partition(":")
    if kind == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(rest)
    elif kind == "tcp":
        connection = socket.create_connection(("127.0.0.1", int(rest.partition(":")[0])))
    else:
        raise OSError("no witness: this object works under the grader only")
    return connection


def _process_name() -> str:
    """The name that multiprocessing gives this process; never imports it where nobody did."""
    process = sys.modules.get("multiprocessing.process")
    return str(process.current_process().name) if process else "MainProcess"


def _start_method() -> str:
    """How multiprocessing made this process; empty for one that it did not make."""
    process = sys.modules.get("multiprocessing.process")
    if process is None or process.parent_process() is None:
        return ""
    made_by = getattr(process.current_process(), "_start_method", None)
    if made_by is None:  # by the default context, whose name this process inherits
        made_by = sys.modules["multiprocessing"].get_start_method(allow_none=True)
    return str(made_by)
