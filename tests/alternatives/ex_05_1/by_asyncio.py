"""By asyncio, with a loop of its own for every call."""

import asyncio
from asyncio.subprocess import PIPE

from given import ToolFailed, ToolTimeout


async def _run(cmd, data, limit):
    program = await asyncio.create_subprocess_exec(*cmd, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        out, err = await asyncio.wait_for(program.communicate(data), limit)
    except TimeoutError:
        program.kill()
        await program.wait()
        raise ToolTimeout("too slow") from None
    return program.returncode, out, err


def run_tool(cmd, text, limit):
    code, out, err = asyncio.run(_run(cmd, text.encode("utf-8"), limit))
    if code == 0:
        return str(out, "utf-8")
    raise ToolFailed(code, str(err, "utf-8", "replace"))
