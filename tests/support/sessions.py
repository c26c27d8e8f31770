"""One submission and one session in this process, without the rest of the grader."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from grader.session import Session
from grader.submission import Submission
from grader.system import Form
from support.courses import END, TELL, TINY

LIMIT = 20.0
"""Seconds for a call that ends; no test waits for them to pass."""
HANG = 1.5
"""Seconds for a call that never ends."""


@contextlib.contextmanager
def opened(
    source: str | bytes,
    *,
    method: str | None = None,
    portable: bool = False,
    limit: float = LIMIT,
    python: str = sys.executable,
) -> Iterator[Session]:
    """A session with a file for exercise 01_1, or with a method for exercise 01_2."""
    submission = Submission(
        source if isinstance(source, bytes) else source.encode(),
        TELL if method is None else END,
        python=python,
        course=TINY,
        drivers="drive_01_1" if method is None else "drive_01_2",
        processes=method is not None,
        form=Form.PORTABLE if portable else Form.PLAIN,
    )
    functions = ["tell" if method is None else "end_each"]
    session = Session(submission, functions, method, limit)
    try:
        session.begin()
        yield session
    finally:
        session.close()
        submission.close()


def tell(session: Session, numbers: list[Any] | None = None) -> Any:
    """Call ``tell`` as the properties do."""
    _, say = session.reports("say")
    return session.call("tell", [3, 1] if numbers is None else numbers, say)


def end_each(session: Session, codes: list[Any]) -> Any:
    """Call ``end_each`` as the properties do."""
    return session.call("end_each", session.ctx, session.given("exit_with"), codes)
