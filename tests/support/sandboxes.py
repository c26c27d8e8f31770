"""Whether a sandbox can be made on this machine; where it must be, a missing one fails a test."""

from __future__ import annotations

import os
import sys

import pytest

REQUIRED = os.environ.get("REQUIRE_SANDBOX") == "1"


def _missing() -> str:
    """Why there is none; empty where there is one."""
    if sys.platform != "linux":
        return "level instructor needs Linux"
    from grader.errors import WrongUse
    from grader.system import sandbox

    try:
        sandbox.insist(sys.executable)
    except WrongUse as reason:
        return str(reason)
    return ""


_WHY_NOT = "" if REQUIRED else _missing()

needed = pytest.mark.skipif(bool(_WHY_NOT), reason=_WHY_NOT or "there is one")
"""A test that needs a sandbox. With REQUIRE_SANDBOX=1 it is run in any case, and fails."""


def _has_group() -> bool:
    from grader.system import cgroup

    group = cgroup.make(2**26, 60)
    if group is not None:
        group.remove()
    return group is not None


with_group = pytest.mark.skipif(
    sys.platform != "linux" or not _has_group(), reason="no control group to be had here"
)
"""A test that needs one: without, the zygote's own count is the limit."""
