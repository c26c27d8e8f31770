"""Given for exercise 06_1: a program with a family, and a line that knows who of it lives.

A program is the beginning of a command, a list: put its arguments behind it.
"""

import sys
import time
from pathlib import Path

__all__ = ["FAMILY", "Lifeline"]

_PROGRAM = str(Path(__file__).parent / "programs" / "family.py")

FAMILY = [sys.executable, "-I", "-S", _PROGRAM]
"""``[*FAMILY, kind, size, address]``: see exercise 06_1 for the kinds.

Each member writes its name, a newline and `size` bytes. `address` is that of a `Lifeline`.
"""


class Lifeline:
    """A port to which members of a family connect; the end of a connection is a death.

    When the process that made it has ended, the members end as well.
    """

    def __init__(self) -> None:
        # Here, and not above: children of other exercises import this file and need no socket.
        import socket

        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._lines: list[socket.socket] = []
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        """What a family needs to find this line."""

    def living(self) -> int:
        """How many members live. Those that were killed get two seconds to be gone."""
        import select

        deadline = time.monotonic() + 2.0
        while True:
            self._accept()
            left = max(0.0, deadline - time.monotonic())
            ended, _, _ = select.select(self._lines, [], [], left if self._lines else 0.0)
            for line in ended:  # members say nothing: what can be read is the end
                self._lines.remove(line)
                line.close()
            if not ended:
                return len(self._lines)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except BlockingIOError:
                return
            self._lines.append(line)
