"""Python 3.14 has forkserver as its default on Linux: everything once with that default."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("lesson_*.py"))
CHANGE = (
    "import multiprocessing.context as c; "
    "c._default_context._default_context = c._concrete_contexts['forkserver']"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forkserver"),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python begins with another default start method."""
    (tmp_path / "sitecustomize.py").write_text(f"{CHANGE}\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for name in ("START", "PYTHONUNBUFFERED"):
        environment.pop(name, None)
    return environment


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_runs(lesson: str, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"lessons.{lesson}"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    if "start method:" in done.stdout:
        assert "start method: forkserver" in done.stdout


def test_the_references_pass(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "words = sys.argv[1:]\n"
        f"words[words.index('-c') + 1] = {CHANGE + '; '!r} + words[words.index('-c') + 1]\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, *words])\n"
    )
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-c",
                "import sys; from grader.cli import main; sys.exit(main(sys.argv[1:]))",
            ),
            *("grade", "--from", "solutions", "--python", str(python), "--json", "-"),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    record = json.loads(done.stdout)
    assert {each["status"] for each in record["exercises"]} == {"passed"}
