"""The trusted end of a stream of frames, and a worker's output: bounded, and never waited for."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import Any

from grader.inside.kit import wire
from grader.reactor import Reactor

MAX_OUTPUT = 64 * 1024 * 1024
"""Bytes that one stream of a worker may print; more is a flood."""
_ROUNDS = 16  # reads of one stream before something else has its turn
KEPT = 64 * 1024
"""Bytes of one output stream that are kept: the first half and the last half."""


class Frames:
    """Frames over a non-blocking socket, read by the reactor.

    Args:
        reactor: the loop that reads.
        connection: a connected stream socket; it belongs to this object from now on.
        on_frame: called with the JSON data of each frame.
        on_end: called once with the reason, when no more can come.
        most: bytes of one frame.
    """

    def __init__(
        self,
        reactor: Reactor,
        connection: socket.socket,
        on_frame: Callable[[Any], None],
        on_end: Callable[[str], None],
        most: int = wire.MAX_FRAME,
    ) -> None:
        connection.setblocking(False)
        self._reactor = reactor
        self._connection = connection
        self._on_frame = on_frame
        self._on_end = on_end
        self._reader = wire.FrameReader(most)
        self._open = True
        reactor.add(connection, self._ready)

    def _ready(self) -> None:
        try:
            chunk = self._connection.recv(256 * 1024)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(f"the connection broke: {error}")
            return
        if not chunk:
            self._end("the connection was closed")
            return
        try:
            frames = self._reader.feed(chunk)
        except wire.WireError as error:
            self._end(str(error))
            return
        for data in frames:
            if self._open:
                self._on_frame(data)

    def _end(self, reason: str) -> None:
        self.close()
        self._on_end(reason)

    def send(self, data: Any, deadline: float) -> bool:
        """Send one frame; False when the other side does not take it in time, or is gone."""
        rest = memoryview(wire.frame(data))
        while rest:
            try:
                rest = rest[self._connection.send(rest) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                self._reactor.wait(lambda: not self._open, time.monotonic() + 0.005)
            except OSError:
                return False
        return True

    def close(self) -> None:
        """Close the connection; nothing is called back afterwards."""
        if self._open:
            self._open = False
            self._reactor.remove(self._connection)
            self._connection.close()


class Output:
    """What one stream of a worker printed: both ends of it, and how much there was."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._total = 0
        self.printed = 0
        """Bytes in all, taken or not."""

    def feed(self, chunk: bytes) -> None:
        """Take what was printed."""
        self._total += len(chunk)
        self.printed += len(chunk)
        room = KEPT // 2 - len(self._head)
        self._head += chunk[:room] if room > 0 else b""
        self._tail += chunk[max(room, 0) :]
        del self._tail[: -KEPT // 2]

    def take(self) -> str:
        """The text since the last call, with a mark where something was cut out."""
        cut = self._total - len(self._head) - len(self._tail)
        mark = f"\n[… {cut} bytes cut …]\n".encode() if cut else b""
        text = (bytes(self._head) + mark + bytes(self._tail)).decode("utf-8", "backslashreplace")
        self._head.clear()
        self._tail.clear()
        self._total = 0
        return text


class PipeOutput(Output):
    """An `Output` fed by the reactor from the read end of a pipe."""

    def __init__(self, reactor: Reactor, descriptor: int) -> None:
        super().__init__()
        os.set_blocking(descriptor, False)
        self._reactor = reactor
        self._descriptor = descriptor
        self._open = True
        reactor.add(descriptor, self.drain)

    def drain(self) -> None:
        """Read what is there now: no more than a flood can refill meanwhile."""
        for _ in range(_ROUNDS):
            if not self._open:
                return
            try:
                chunk = os.read(self._descriptor, 64 * 1024)
            except BlockingIOError:
                return
            if not chunk:
                self.close()
                return
            self.feed(chunk)
            if len(chunk) < 64 * 1024:
                return

    def close(self) -> None:
        """Close the read end; a process that still writes gets a broken pipe."""
        if self._open:
            self._open = False
            self._reactor.remove(self._descriptor)
            os.close(self._descriptor)
