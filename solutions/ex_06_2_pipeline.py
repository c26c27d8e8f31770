"""Exercise 06_2: all programs run, a thread feeds the first, and nobody holds an end in vain."""

import contextlib
import threading
from collections.abc import Sequence
from subprocess import PIPE, Popen
from typing import IO


def pipeline(cmds: Sequence[Sequence[str]], data: bytes) -> tuple[bytes, list[int]]:
    """Connect programs, each one's output to the input of the next."""
    programs: list[Popen[bytes]] = []
    for cmd in cmds:
        source = programs[-1].stdout if programs else None
        programs.append(Popen(cmd, stdin=source or PIPE, stdout=PIPE))
        if source:
            source.close()  # the program has its own copy; with ours open, nobody would notice
    feeder = threading.Thread(target=_feed, args=(programs[0].stdin, data))
    feeder.start()
    with programs[-1].stdout as last:
        output = last.read()
    feeder.join()
    return output, [program.wait() for program in programs]


def _feed(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError), stream:  # a program may end before it has read everything
        stream.write(data)
