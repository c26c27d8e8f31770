"""By asyncio; the pipes between the programs are made by hand."""

import asyncio
import os
from asyncio.subprocess import PIPE


async def _run(cmds, data):
    programs, source = [], PIPE
    for number, cmd in enumerate(cmds):
        reading, writing = (None, PIPE) if number == len(cmds) - 1 else os.pipe()
        programs.append(await asyncio.create_subprocess_exec(*cmd, stdin=source, stdout=writing))
        for used in (source, writing):
            if used != PIPE:
                os.close(used)
        source = reading
    first, last = programs[0], programs[-1]

    async def feed():
        try:
            first.stdin.write(data)
            await first.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass
        first.stdin.close()

    _, output = await asyncio.gather(feed(), last.stdout.read())
    return output, [await program.wait() for program in programs]


def pipeline(cmds, data):
    return asyncio.run(_run(cmds, data))
