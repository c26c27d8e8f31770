"""Popen by hand, in bytes: kills and waits itself, and translates itself."""

from subprocess import PIPE, Popen, TimeoutExpired

from given import ToolFailed, ToolTimeout


def run_tool(cmd, text, limit):
    program = Popen(list(cmd), stdin=PIPE, stdout=PIPE, stderr=PIPE)
    with program:
        try:
            out, err = program.communicate(text.encode(), limit)
        except TimeoutExpired:
            program.kill()
            program.communicate()
            raise ToolTimeout() from None
    if program.returncode:
        raise ToolFailed(code=program.returncode, stderr=err.decode(errors="replace"))
    return out.decode("utf-8")
