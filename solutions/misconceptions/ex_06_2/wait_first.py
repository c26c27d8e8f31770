"""wait() before reading stops as soon as the pipe is full: read first, then wait.

caught-by: P1
methods: once
"""

import contextlib
import threading
from collections.abc import Sequence
from subprocess import PIPE, Popen


def pipeline(cmds: Sequence[Sequence[str]], data: bytes) -> tuple[bytes, list[int]]:
    """Connect programs, each one's output to the input of the next."""
    programs = []
    for cmd in cmds:
        source = programs[-1].stdout if programs else None
        programs.append(Popen(cmd, stdin=source or PIPE, stdout=PIPE))
        if source:
            source.close()
    feeder = threading.Thread(target=_feed, args=(programs[0].stdin, data))
    feeder.start()
    codes = [program.wait() for program in programs]
    feeder.join()
    with programs[-1].stdout as last:
        return last.read(), codes


def _feed(stream, data):
    with contextlib.suppress(OSError), stream:
        stream.write(data)
