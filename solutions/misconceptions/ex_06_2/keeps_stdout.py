"""Close your own copy of each stdout, or the writer never learns that nobody reads.

caught-by: P3
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
    feeder = threading.Thread(target=_feed, args=(programs[0].stdin, data))
    feeder.start()
    output = programs[-1].stdout.read()
    feeder.join()
    codes = [program.wait() for program in programs]
    for program in programs:
        program.stdout.close()
    return output, codes


def _feed(stream, data):
    with contextlib.suppress(OSError), stream:
        stream.write(data)
