"""No pipes: the input comes from a file, and output and errors go to files."""

import subprocess
import tempfile

from given import ToolFailed, ToolTimeout


class SlowTool(ToolTimeout):
    def __init__(self, cmd):
        super().__init__(f"{cmd[0]} took too long")


def run_tool(cmd, text, limit):
    with (
        tempfile.TemporaryFile() as put,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        put.write(text.encode("utf-8"))
        put.seek(0)
        try:
            subprocess.check_call(cmd, stdin=put, stdout=out, stderr=err, timeout=limit)
        except subprocess.TimeoutExpired:
            raise SlowTool(cmd) from None
        except subprocess.CalledProcessError as error:
            err.seek(0)
            raise ToolFailed(error.returncode, err.read().decode("utf-8", "replace")) from None
        out.seek(0)
        return out.read().decode("utf-8")
