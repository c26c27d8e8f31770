"""Where a submission's processes call the objects of a property (`grader.guests`).

A property places an object; the submission gets a stand-in (`kit.remote.Remote`). Every call of it
is a connection of its own, so that the kernel vouches for the caller.
"""

from __future__ import annotations

import inspect
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from grader.channel import Frames
from grader.failure import Failed, Refusal, Status
from grader.guests import Guest, Placed, Visit
from grader.inside.kit import wire
from grader.reactor import Reactor
from grader.system import Form, make_door

_ANSWER_WITHIN = 5.0  # seconds for a caller to take its answer
_MOST_CONNECTIONS = 200
_MOST_VISITS = 5_000  # of one example
_QUESTION = 256 * 1024  # bytes; a question is work for the grader while its limits wait
_NOBODY: tuple[Any, Placed | None] = (None, None)


class Witness:
    """Listens for the submission's processes and hands their calls to the placed objects.

    Args:
        reactor: the loop in which everything happens.
        form: how callers are known.
    """

    def __init__(self, reactor: Reactor, form: Form) -> None:
        self.exchanges = 0
        """Questions and answers so far."""
        self._visits = 0
        self._reactor = reactor
        self._door = make_door(form)
        self._objects: dict[int, tuple[Any, Placed]] = {}
        self._connections: set[Frames] = set()
        self._next = 1
        self.address = self._door.address
        reactor.add(self._door.listener, self._accept)

    def place(self, guest: object, name: str, methods: Iterable[str]) -> Placed:
        """Make an object reachable.

        Args:
            guest: a `Guest`, or any object; then its methods are called with what was sent, and
                what they return is the answer.
            name: shown to the student in place of the object.
            methods: what may be called; ``__call__`` makes it callable.
        """
        placed = Placed(self._next, name, tuple(methods))
        self._objects[self._next] = (guest, placed)
        self._next += 1
        return placed

    def forget(self) -> None:
        """Drop all objects and all callers: a new example begins."""
        self._objects.clear()
        self._visits = 0
        for connection in list(self._connections):
            connection.close()
        self._connections.clear()

    def close(self) -> None:
        """Stop listening."""
        self.forget()
        self._reactor.remove(self._door.listener)
        self._door.close()

    def _accept(self) -> None:
        try:
            connection, _ = self._door.listener.accept()
        except OSError:
            return
        if len(self._connections) >= _MOST_CONNECTIONS:
            connection.close()
            return
        _Conversation(self, self._reactor, self._connections, connection)

    def dispatch(
        self, connection: socket.socket, question: Any, reply: Callable[[Any], None]
    ) -> None:
        """Hand one question to its object.

        Raises:
            Failed: the object found the submission wrong, or there was no end of calls.
            WireError, PermissionError: the question does not come from our own client.
        """
        number, method, args, process = _parse(question)
        self.exchanges += 1
        visit = Visit(self._door.identify(connection, question), process, method, args, reply)
        guest, placed = self._objects.get(number, _NOBODY)
        if placed is None or visit.method not in placed.methods:
            visit.refuse("there is no such object any more")
            return
        self._visits += 1
        if self._visits > _MOST_VISITS:
            self._objects.clear()  # nobody has to answer any more
            raise Failed(
                Status.TOO_MANY,
                f"Its processes called the grader's objects more than {_MOST_VISITS} times in one "
                "example, and were stopped.",
            )
        if isinstance(guest, Guest):
            guest.visited(visit)
            return
        function = guest if method == "__call__" else getattr(guest, method)
        try:
            inspect.signature(function).bind(*args)
        except TypeError as error:
            visit.refuse(f"{placed.name}.{method}: {error}")
            return
        try:
            visit.answer(function(*args))
        except Refusal as refusal:
            visit.refuse(str(refusal))


def _parse(question: Any) -> tuple[int, str, list[Any], str]:
    """Number, method, arguments and process name of a question, or `WireError`."""
    if not isinstance(question, dict):
        raise wire.WireError("a question is an object")
    number, method, process = question.get("to"), question.get("do"), question.get("process")
    args = wire.decode(question.get("args"))
    if not (isinstance(number, int) and isinstance(method, str) and isinstance(process, str)):
        raise wire.WireError("a question names an object, a method and a process")
    if not isinstance(args, list):
        raise wire.WireError("arguments are a list")
    return number, method, args, process


class _Conversation:
    """One connection: one question, one answer."""

    def __init__(
        self, witness: Witness, reactor: Reactor, others: set[Frames], connection: socket.socket
    ) -> None:
        self._witness = witness
        self._connection = connection
        self._others = others
        self._asked = False
        self._frames = Frames(
            reactor, connection, self._question, lambda _: self._done(), _QUESTION
        )
        others.add(self._frames)

    def _question(self, question: Any) -> None:
        if self._asked:
            self._done()
            return
        self._asked = True
        try:
            self._witness.dispatch(self._connection, question, self._reply)
        except (wire.WireError, PermissionError):
            self._done()  # forged: not a question of ours

    def _reply(self, answer: Any) -> None:
        self._witness.exchanges += 1
        self._frames.send(answer, time.monotonic() + _ANSWER_WITHIN)
        self._done()

    def _done(self) -> None:
        self._frames.close()
        self._others.discard(self._frames)
