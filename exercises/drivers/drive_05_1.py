"""For exercise 05_1: puts commands together where the programs are, and says how a call ended.

Run as a program, it is the fresh interpreter of `copy_in_c_locale`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

_C_LOCALE = ("-X", "utf8=0", "-X", "warn_default_encoding", "-W", "error::EncodingWarning")


def run_tool(
    submission: ModuleType,
    program: str,
    args: Sequence[str | bytes],
    piece: str,
    times: int,
    limit: float,
) -> dict[str, Any]:
    """Let `run_tool` run a given program with arguments; its input is a piece of text, repeated.

    Args:
        submission: has `run_tool`.
        program: its name in ``given``.
        args: its arguments; bytes where they are no text.
        piece: of the input.
        times: how often it is repeated.
        limit: seconds.
    """
    cmd = [*_program(program), *map(os.fsdecode, args)]
    return _outcome(submission, cmd, piece * times, limit)


def run_endless(
    submission: ModuleType, program: str, number: int, piece: str, times: int, limit: float
) -> dict[str, Any]:
    """Let `run_tool` run a program that tells an object of the grader, by number, that it lives."""
    from kit import remote

    client = str(Path(remote.__file__).parent.parent)
    # As arguments: a solution may give its program another environment.
    cmd = [*_program(program), client, os.environ[remote.WITNESS], str(number)]
    return _outcome(submission, cmd, piece * times, limit)


def copy_in_c_locale(
    submission: ModuleType, piece: str, times: int, limit: float
) -> dict[str, Any]:
    """Let `run_tool` copy a text, in an interpreter of its own that believes in ASCII.

    Raises:
        Exception: what it raised there, under the same name.
    """
    from kit import wire

    done = subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-X", "faulthandler", *_C_LOCALE),
            *(__file__, submission.__name__, *sys.path),
        ],
        input=json.dumps([piece, times, limit]).encode("ascii"),
        stdout=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"the interpreter ended with exit code {done.returncode}")
    outcome: dict[str, Any] = wire.decode(wire.loads(done.stdout))
    if "raised" in outcome:
        name, text = outcome["raised"]
        raise type(name, (Exception,), {})(text)
    return outcome


def _program(name: str) -> list[str]:
    # Here and below: where this file runs as a program, `given` is not found at once.
    import given

    program: list[str] = getattr(given, name)
    return program


def _outcome(submission: ModuleType, cmd: list[str], text: str, limit: float) -> dict[str, Any]:
    import given

    try:
        return {"returned": submission.run_tool(cmd, text, limit)}
    except given.ToolFailed as error:
        return {"failed": [error.code, error.stderr]}
    except given.ToolTimeout:
        return {"timeout": True}


def _raised(error: BaseException, module: str) -> list[str]:
    from kit import worker

    text = str(error)
    for file, line, _ in reversed(worker.describe(error)["frames"]):
        if Path(file).stem == module:
            text += f" ({Path(file).name}, line {line})"
            break
    return [type(error).__name__, text]


def _main(module: str, *path: str) -> None:
    import importlib

    # What the submission prints must not get between us and our answer.
    answer = os.dup(1)
    os.dup2(2, 1)
    piece, times, limit = json.loads(sys.stdin.buffer.read())
    sys.path[:] = path
    from kit import wire

    try:
        outcome = _outcome(importlib.import_module(module), _program("CAT"), piece * times, limit)
    except Exception as error:
        outcome = {"raised": _raised(error, module)}
    with open(answer, "wb") as stream:
        stream.write(wire.dumps(wire.encode(outcome)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
