"""By asyncio, with a loop of its own for every call, and a group in place of a session."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE


async def _run(cmd, limit):
    program = await asyncio.create_subprocess_exec(*cmd, stdout=PIPE, process_group=0)
    pieces = []

    async def collect():
        while piece := await program.stdout.read(65_536):
            pieces.append(piece)

    reading = asyncio.create_task(collect())
    ending = asyncio.create_task(program.wait())
    _, pending = await asyncio.wait([reading, ending], timeout=limit)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    await asyncio.gather(reading, ending)
    return b"".join(pieces), bool(pending)


def run_tree(cmd, limit):
    return asyncio.run(_run(cmd, limit))
