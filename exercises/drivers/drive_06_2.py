"""For exercise 06_2: puts commands together where the programs are."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any


def pipeline(submission: ModuleType, stages: Sequence[Sequence[str]], data: bytes) -> Any:
    """What `pipeline` returns for given programs, and whether the commands are as they were.

    Args:
        submission: has `pipeline`.
        stages: for each command the program's name in ``given``, and its arguments.
        data: for the first.
    """
    import given

    cmds = [[*getattr(given, name), *args] for name, *args in stages]
    before = [[*cmd] for cmd in cmds]
    returned = submission.pipeline(cmds, data)
    return {"returned": returned, "changed": cmds != before}
