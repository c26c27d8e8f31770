"""For exercise 04_2: starts a child, lets `stop` end it, and looks at the Process object then."""

import contextlib
import os
import sys
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any


def stop(
    submission: ModuleType,
    target: Callable[..., None],
    ask: Callable[[], None],
    grace: float,
    ctx: BaseContext,
    bell: Any,
    *args: str,
) -> dict[str, Any]:
    """Let `stop` end a child that runs ``target(bell, *args)`` and has said that it is ready."""
    child = ctx.Process(target=target, args=(bell, *args))
    child.start()
    bell.wait_until_ready()
    return _stopped(submission, child, ask, grace)


def stop_ended(
    submission: ModuleType,
    code: int,
    joined: bool,
    ask: Callable[[], None],
    grace: float,
    ctx: BaseContext,
) -> dict[str, Any]:
    """Call `stop` for a child that has ended with a code, and was joined before or not."""
    child = ctx.Process(target=end_with, args=(code,))
    child.start()
    connection.wait([child.sentinel])
    if joined:
        child.join()
    return _stopped(submission, child, ask, grace)


def end_with(code: int) -> None:
    """End with an exit code; below 0, by the signal of that number."""
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


def _stopped(
    submission: ModuleType, child: BaseProcess, ask: Callable[[], None], grace: float
) -> dict[str, Any]:
    """What `stop` returned, and what the Process object knows without being asked again.

    Reading ``child.exitcode`` would look for the end of the child and so make up for what a
    `stop` that never looked has left undone. So this reads where exitcode keeps its answer.
    """
    try:
        answer = submission.stop(child, ask, grace)
    except BaseException:
        with contextlib.suppress(ValueError):  # closed
            child.kill()
            child.join()
        raise
    popen = child._popen  # type: ignore[attr-defined]
    return {
        "answer": answer,
        "closed": popen is None,
        "exitcode": None if popen is None else popen.returncode,
    }
