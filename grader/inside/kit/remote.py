"""Stand-ins, in the student's processes, for objects that live in the grader.

A call on a stand-in opens a connection of its own to the grader's witness, says what is asked,
and waits for the answer. One connection a call: so the kernel vouches for the process that asks,
and nothing is shared by accident between a parent and its forked children.
"""

from __future__ import annotations

import os
import socket
import sys

TYPE_CHECKING = False  # known to type checkers; every spawned child would pay for typing
if TYPE_CHECKING:
    from typing import Any

WITNESS = "GRADER_WITNESS"
"""Environment variable with the address of the witness: ``unix:PATH`` or ``tcp:PORT:TOKEN``."""

_NOTHING = b'{"ok":null}'


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
    token = os.environ.get(WITNESS, "").rpartition(":")[2]
    words = (token, method, _process_name(), _start_method())
    body = _short_question(number, args, words) or _question(number, args, words)
    try:
        with _connect() as connection:
            connection.sendall(len(body).to_bytes(4, "big") + body)
            answer = _answer(connection)
    except (OSError, EOFError) as error:
        raise WitnessError(f"the grader does not answer: {error}") from None
    if answer == _NOTHING:
        return None
    return _value(answer)


def _short_question(number: int, args: tuple[Any, ...], words: tuple[str, ...]) -> bytes | None:
    """The commonest question, written without ``json``: importing that and `kit.wire` would make
    every spawned child a tenth dearer. None when something in it is not that plain."""
    plain = all(word.isascii() and word.isprintable() for word in words)
    if args or not plain or any(mark in word for word in words for mark in '"\\'):
        return None
    token, method, process, made_by = words
    return (
        f'{{"token":"{token}","to":{number},"do":"{method}","args":[],"pid":{os.getpid()},'
        f'"process":"{process}","method":"{made_by}"}}'
    ).encode("ascii")


def _question(number: int, args: tuple[Any, ...], words: tuple[str, ...]) -> bytes:
    from . import wire

    token, method, process, made_by = words
    return wire.dumps(
        {
            "token": token,
            "to": number,
            "do": method,
            "args": wire.encode(list(args)),
            "pid": os.getpid(),
            "process": process,
            "method": made_by,
        }
    )


def _answer(connection: socket.socket) -> bytes:
    """The body of the one frame that comes back.

    Raises:
        EOFError: the grader closed the connection instead.
    """
    head = connection.recv(4, socket.MSG_WAITALL)
    length = int.from_bytes(head, "big")
    body = connection.recv(length, socket.MSG_WAITALL) if len(head) == 4 else b""
    if not body or len(body) < length:
        raise EOFError("it closed the connection")
    return body


def _value(answer: bytes) -> Any:
    from . import wire

    content = wire.loads(answer)
    if "refused" in content:
        raise WitnessError(str(content["refused"]))
    return wire.decode(content["ok"])


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
