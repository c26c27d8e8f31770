"""If you write everything before you read anything, all pipes get full: do both at once.

caught-by: P1
methods: once
"""

import contextlib
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
    with contextlib.suppress(OSError), programs[0].stdin as first:
        first.write(data)
    with programs[-1].stdout as last:
        output = last.read()
    return output, [program.wait() for program in programs]
