"""``python -m grader lesson 02``: run a lesson with nothing of ours between it and Python."""

from __future__ import annotations

import os
import re
import sys

from grader import environment
from grader.__main__ import ROOT


def lessons(root: str) -> dict[str, str]:
    """Map the two digits of every lesson to the name of its module, in order."""
    folder = os.path.join(root, "lessons")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    found = (re.fullmatch(r"(lesson_(\d\d)_\w+)\.py", name) for name in names)
    return {match[2]: match[1] for match in found if match}


def run(argv: list[str]) -> int:
    """Become the lesson that ``argv`` names; an unknown one is answered with the list."""
    wanted = argv[0] if argv else ""
    known = lessons(ROOT)
    module = known.get(wanted.zfill(2))
    if module is None:
        listed = ", ".join(
            name.removeprefix("lesson_").replace("_", " ") for name in known.values()
        )
        trouble = f"There is no lesson {wanted}." if wanted else "Which lesson?"
        print(f"{trouble} There are: {listed or 'none yet'}.", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    return environment.become(environment.any_python(), ["-m", f"lessons.{module}", *argv[1:]])
