"""How a property says that a submission is not right.

::

    Exception
    ├── Failed          the submission did something wrong; carries all that feedback needs
    ├── NotChecked      this system cannot decide it: neither passed nor failed
    └── Refusal         an object of the grader was used in a way that it does not allow
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What became of one property under one start method; also of a whole exercise.

    The value is what stands in the record.
    """

    PASSED = "passed"
    WRONG = "wrong"
    """It answered, and the answer or the way to it is not right."""
    RAISED = "raised"
    """It raised an exception that the task does not ask for, or cannot be imported."""
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    """The process that ran it ended by itself, or broke the protocol."""
    LEFT_BEHIND = "left something behind"
    TOO_MANY = "too many processes"
    """The brake: more processes or more memory than an exercise can need."""
    NOT_ATTEMPTED = "not attempted"
    NOT_CHECKED = "not checked here"
    """This system cannot decide it: neither passed nor failed."""
    NOT_RUN = "not run"
    """Left out because the same file had already hung or run wild; counts as failed."""
    GRADER_FAULT = "grader's fault"
    """Never the student's failure and never a pass."""


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""Stands for a value that does not exist, where None could be one."""


class Failed(AssertionError):
    """The submission is not right.

    Args:
        status: one of the statuses that count against a submission.
        says: what happened, in one sentence for the student.
        came: the value that came back, where there is one.
        expected: the value that would have been right, where there is one.
        facts: what else was observed; misconceptions are recognised by it.

    Attributes:
        inputs: what hypothesis drew for the failing example; set by the run.
        call: the call as the student could write it; set by the session.
        stacks: where every process stood, for a hang.
        printed: what the submission printed during the failing example.
    """

    def __init__(
        self,
        status: Status,
        says: str,
        *,
        came: Any = MISSING,
        expected: Any = MISSING,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(says)
        self.status = status
        self.says = says
        self.came = came
        self.expected = expected
        self.facts: dict[str, Any] = dict(facts or {})
        self.inputs: dict[str, Any] = {}
        self.call = ""
        self.stacks: list[str] = []
        self.printed = ""
        self.in_fresh_worker_right = False


class NotChecked(Exception):
    """This system cannot decide the property; the text says why."""


class Refusal(Exception):
    """Answered to the student's code as an error: it used a given object wrongly."""
