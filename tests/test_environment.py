"""The environment makes itself, mends itself, and says in one line what it lacks.

Most tests use stand-in Pythons: shell scripts that answer like a Python of a given version, note
every call in ``calls.txt``, and let a test hold their pip at a gate. Two tests make a real one.
"""

from __future__ import annotations

import ast
import contextlib
import glob
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import __main__ as bare
from grader import environment

HERE = Path(__file__).resolve().parent.parent
PATIENCE = 120

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in Pythons are shell scripts")

CLI = """
import os, sys

def main(argv):
    print("cli", *argv)
    print("prefix", sys.prefix)
    print("foreign", [k for k in ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH") if k in os.environ])
    if "packages" in argv:
        import hypothesis, msgspec, psutil, pytest
        print("packages", pytest.__version__, msgspec.__version__)
    return 7 if "seven" in argv else 0
"""

STAND_IN = """#!/bin/sh
echo "$(basename "$0") $1 $2 $3" >>"{calls}"
case "$1 $2" in
*_base_executable*) printf '%s\\n' {version} cpython "{missing}" "$0" ;;
"-c "*) echo True ;;
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip") {pip} ;;
*) echo "$@"; [ -z "$START" ] || echo "START=$START" ;;
esac
"""

REFUSED = 'echo "NewConnectionError: Connection refused" && exit 1'


class Course:
    """A small checkout with the real starting code, locks without packages and one lesson."""

    def __init__(self, root: Path, outside: Path) -> None:
        self.root, self.outside = root, outside
        self.started: list[subprocess.Popen[str]] = []
        self.calls = outside / "calls.txt"
        self.calls.touch()
        (root / "grader").mkdir(parents=True)
        for name in ("__init__.py", "__main__.py", "environment.py", "lesson.py"):
            shutil.copy(HERE / "grader" / name, root / "grader")
        (root / "grader" / "cli.py").write_text(CLI)
        for lock in (environment.LOCK, environment.DEV_LOCK):
            (root / lock).write_text("# no packages\n")
        (root / "lessons").mkdir()
        (root / "lessons" / "lesson_01_waiting.py").write_text(
            "import os, sys\nprint('lesson', __name__, os.environ.get('START'), sys.argv[1:])\n"
        )

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def marker(self) -> Path:
        return self.venv / "grader-environment.json"

    def python(
        self, name: str, version: str = "3.12.4", missing: str = "", pip: str = "exit 0"
    ) -> str:
        """Make a stand-in Python and return its path."""
        path = self.outside / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            STAND_IN.format(calls=self.calls, version=version, missing=missing, pip=pip)
        )
        path.chmod(0o755)
        return str(path)

    def environ(self, **more: str) -> dict[str, str]:
        """The variables of a user: this machine's, without what steers this very test run."""
        ours = ("GRADER_", "PYTHON", "START", "VIRTUAL_ENV")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return {**kept, **more}

    def start(self, *argv: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """Start ``python -m grader`` with ``argv`` and the variables ``more``."""
        started = subprocess.Popen(
            [sys.executable, "-m", "grader", *argv],
            cwd=cwd or self.root,
            env=self.environ(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.started.append(started)
        return started

    def run(
        self, *argv: str, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``python -m grader`` to its end."""
        started = self.start(*argv, cwd=cwd, **more)
        out, err = started.communicate(timeout=PATIENCE)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(argv, started.returncode, out, err)

    def noted(self, call: str) -> int:
        """How many calls of stand-in Pythons contain ``call``."""
        return sum(call in line for line in self.calls.read_text().splitlines())


@pytest.fixture(autouse=True)
def own_environment_untouched() -> Iterator[None]:
    """These tests make and break environments, but never the one that they run in."""
    own = Path(sys.prefix) / "grader-environment.json"
    before = own.read_text() if own.exists() else None
    yield
    assert (own.read_text() if own.exists() else None) == before


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    made = Course(tmp_path / "my course 进程", tmp_path)
    yield made
    for each in made.started:  # only after a failure is one still there
        if each.poll() is None:
            each.terminate()
            each.communicate(timeout=PATIENCE)


class Gate:
    """Where the pip of a stand-in Python waits; end-of-file here means that all of it is dead."""

    def __init__(self, folder: Path) -> None:
        self.alive, self.gate = folder / "alive", folder / "gate"
        os.mkfifo(self.alive)
        os.mkfifo(self.gate)
        # A grandchild holds the line too: pip's own children must end with it.
        self.pip = (
            f'exec 9>"{self.alive}"; cat "{self.gate}" & echo here >&9; wait; exec 9>&-; exit 0'
        )

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """Inside: pip waits at the gate. At the end: every process of it has gone."""
        alive = os.open(self.alive, os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert self._next(alive) == b"here\n"
            yield
            assert self._next(alive) == b"", "something of pip is still there"
        finally:
            os.close(alive)

    def _next(self, alive: int) -> bytes:
        assert select.select([alive], [], [], PATIENCE)[0], "pip never came, or never ended"
        return os.read(alive, 100)

    def open(self) -> None:
        """Let pip go on; returns when it has come to the gate."""
        self.gate.open("w").close()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def one_line(text: str) -> str:
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


# --- a Python that is too old -------------------------------------------------------------------


def old_pythons() -> list[str]:
    """Real old Pythons of this machine, for the file that they must be able to read."""
    versions = os.path.expanduser("~/.pyenv/versions")
    found = glob.glob(f"{versions}/2.7.*/bin/python") + glob.glob(
        f"{versions}/3.[5-9].*/bin/python"
    )
    return sorted(found)


def run_old(course: Course, python: str, path: str) -> subprocess.CompletedProcess[str]:
    pretend = (
        "import runpy, sys\n"
        "sys.version_info = (3, 5, 2, 'final', 0)\n"
        f"sys.prefix = {str(course.venv)!r}\n"
        "sys.argv[1:] = ['grade', '7']\n"
        "runpy.run_module('grader', run_name='__main__', alter_sys=True)"
    )
    command = [python, "-c", pretend] if python == sys.executable else [python, "-m", "grader"]
    return subprocess.run(
        [*command, "grade", "7"],
        cwd=course.root,
        env=course.environ(PATH=path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("python", [sys.executable, *old_pythons()])
def test_an_old_python_says_what_to_install(course: Course, python: str) -> None:
    ended = run_old(course, python, path=str(course.outside))
    assert ended.returncode == 2
    assert "needs Python 3.11 to 3.14" in one_line(ended.stderr)
    assert bare.how_to_install() in ended.stderr
    assert not course.venv.exists()


def test_an_environment_whose_python_became_old_is_not_finished(course: Course) -> None:
    course.venv.mkdir()
    course.marker.write_text('{"python": "3.12"}')
    run_old(course, sys.executable, path=str(course.outside))
    assert course.marker.read_text() == "{}"


@posix
@pytest.mark.parametrize("python", [sys.executable, *old_pythons()])
def test_an_old_python_hands_over_to_a_newer_one(course: Course, python: str) -> None:
    newer = course.python("python3.12")
    ended = run_old(course, python, path=os.path.dirname(newer) + os.pathsep + "/bin:/usr/bin")
    assert (ended.returncode, ended.stdout) == (0, "-m grader grade 7\n")


def test_the_first_file_keeps_to_old_syntax() -> None:
    source = (HERE / "grader" / "__main__.py").read_bytes()
    tree = ast.parse(source.decode("ascii"), feature_version=(3, 4))
    modern = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign)]
    assert not modern
    assert not any(isinstance(n, ast.FunctionDef) and n.returns for n in ast.walk(tree))
    first = ast.parse((HERE / "grader" / "__init__.py").read_bytes().decode("ascii"))
    assert [type(node) for node in first.body] == [ast.Expr], "an old Python reads this file too"


# --- which Python -------------------------------------------------------------------------------


@posix
def test_the_newest_that_works_is_chosen(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = course.outside / "bin" / "python3.14"
    running = course.python("python3", "3.11.9")
    course.python("python3.15", "3.15.0")
    course.python("python", "3.12.9")
    best = course.python("python3.13", "3.13.1")
    shim.write_text("#!/bin/sh\necho 'command not found' >&2; exit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(shim.parent), "/bin"]))
    monkeypatch.delenv("GRADER_PYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", running)
    ours = [c for c in bare.candidates() if c[0].startswith(str(course.outside))]
    monkeypatch.setattr(environment, "candidates", lambda: ours)
    assert environment.find_python().path == best
    os.remove(best)
    assert environment.find_python().version == (3, 12, 9)


@posix
def test_a_shim_does_not_hide_the_python_behind_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = course.python("python3.12")
    shims = course.outside / "shims"
    shims.mkdir()
    (shims / "python3.12").write_text("#!/bin/sh\nexit 127\n")
    (shims / "python3.12").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(shims), os.path.dirname(works)]))
    assert bare.candidates() == [[str(shims / "python3.12")], [works]]


@posix
@pytest.mark.parametrize(
    ("version", "missing", "words"),
    [
        ("3.9.18", "", ["is 3.9.18", bare.how_to_install()]),
        ("3.15.0", "", ["is 3.15.0", bare.how_to_install()]),
        ("3.12.4", "No module named 'ensurepip'", ["without venv"]),
        ("nonsense", "", ["does not start"]),
    ],
)
def test_a_python_that_does_not_suit_is_named(
    course: Course, version: str, missing: str, words: list[str]
) -> None:
    python = course.python("python3", version, missing)
    ended = course.run("grade", GRADER_PYTHON=python)
    assert ended.returncode == 2
    line = one_line(ended.stderr)
    assert all(word in line for word in [python, *words])
    if missing and sys.platform == "linux":
        assert "sudo apt install python3.12-venv" in line
    assert not course.venv.exists()


# --- making it ----------------------------------------------------------------------------------


@posix
def test_once_made_no_python_is_tried_again(course: Course) -> None:
    python = course.python("python3.12")
    first = course.run("grade", "02_1", "a b", GRADER_PYTHON=python)
    assert one_line(first.stderr) == "Making the environment (once, about half a minute) ..."
    assert first.stdout == "-P -m grader grade 02_1 a b\n"
    course.calls.write_text("")
    second = course.run("grade", "02_1", PATH=os.path.dirname(python) + ":/bin:/usr/bin")
    assert (second.returncode, second.stderr) == (0, "")
    assert course.calls.read_text() == "python -P -m grader\n"


@posix
def test_authors_tools_are_added_to_what_is_there(course: Course) -> None:
    python = course.python("python3.12")
    course.run("grade", GRADER_PYTHON=python)
    ended = course.run("test", "-k", "x", GRADER_PYTHON=python)
    assert one_line(ended.stderr).startswith("Adding the authors' tools")
    assert ended.stdout == " ".join([*environment.TOOLS["test"][0], "-k", "x"]) + "\n"
    assert (course.noted("-m venv"), course.noted("-m pip")) == (1, 2)
    assert course.run("test", GRADER_PYTHON=python).stderr == ""


@posix
def test_a_copy_without_the_authors_lock_says_so(course: Course) -> None:
    (course.root / environment.DEV_LOCK).unlink()
    ended = course.run("test", GRADER_PYTHON=course.python("python3.12"))
    assert ended.returncode == 2
    assert f"{environment.DEV_LOCK} is missing" in ended.stderr.splitlines()[-1]


@posix
@pytest.mark.parametrize("spoil", ["lock", "marker", "python", "move", "other", "empty"])
def test_what_is_no_longer_right_is_made_anew(course: Course, spoil: str) -> None:
    python = course.python("python3.12")
    course.run("grade", GRADER_PYTHON=python)
    says = ""
    if spoil == "lock":
        (course.root / environment.LOCK).write_text("# other packages\n")
        says = "requirements.lock has changed"
    elif spoil == "marker":
        course.marker.write_text('{"checkout": ')
        says = "it was not finished"
    elif spoil == "python":
        (course.venv / "bin" / "python").unlink()
        says = "its Python is gone"
    elif spoil == "move":
        course.root = course.root.rename(course.outside / "elsewhere")
        says = "the course was moved here"
    elif spoil == "other":
        python = course.python("python3.13", "3.13.0")
        says = "GRADER_PYTHON names another Python"
    else:
        shutil.rmtree(course.venv)
        course.venv.mkdir()
        says = "it was not finished"
    left_over = course.venv / "left over"
    if spoil != "empty":
        left_over.mkdir()
    ended = course.run("grade", GRADER_PYTHON=python)
    assert says in one_line(ended.stderr)
    assert (ended.returncode, ended.stdout) == (0, "-P -m grader grade\n")
    assert not left_over.exists()
    assert course.run("grade", GRADER_PYTHON=python).stderr == ""


@posix
def test_a_folder_that_is_not_ours_is_left_alone(course: Course) -> None:
    course.venv.mkdir()
    (course.venv / "precious.txt").write_text("mine")
    ended = course.run("grade", GRADER_PYTHON=course.python("python3.12"))
    assert ended.returncode == 2
    assert "was not made by this course" in one_line(ended.stderr)
    assert os.listdir(course.venv) == ["precious.txt"]


@posix
def test_the_folder_can_be_chosen(course: Course) -> None:
    chosen = course.outside / "deep" / "venv-x"
    python = course.python("python3.12")
    assert course.run("grade", GRADER_PYTHON=python, GRADER_VENV=str(chosen)).returncode == 0
    assert (chosen / course.marker.name).exists()
    assert not course.venv.exists()


@posix
def test_pip_that_reaches_no_index_is_explained(course: Course) -> None:
    ended = course.run("grade", GRADER_PYTHON=course.python("python3.12", pip=REFUSED))
    assert ended.returncode == 2
    shown = ended.stderr.splitlines()
    assert shown[1] == "  | NewConnectionError: Connection refused"
    assert "network connection" in shown[2]
    assert str(course.root / "build") in shown[2]
    mended = course.run("grade", GRADER_PYTHON=course.python("python3.12"))
    assert (mended.returncode, mended.stdout) == (0, "-P -m grader grade\n")


@posix
def test_pip_that_fails_otherwise_shows_its_last_words(course: Course) -> None:
    pip = "echo first; for i in 1 2 3 4 5 6 7 8; do echo line $i; done; exit 1"
    ended = course.run("grade", GRADER_PYTHON=course.python("python3.12", pip=pip))
    assert ended.returncode == 2
    assert [line.strip() for line in ended.stderr.splitlines()[1:-1]] == [
        f"| line {i}" for i in range(1, 9)
    ]
    assert "could not be made" in ended.stderr.splitlines()[-1]


# --- interrupted, and two at once ---------------------------------------------------------------


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_one_leaves_nothing_and_is_mended(
    course: Course, gate: Gate, number: int
) -> None:
    # A test run in the background ignores SIGINT, and what it starts would inherit that.
    before = signal.signal(number, lambda number, frame: None)
    started = course.start("grade", GRADER_PYTHON=course.python("python3.12", pip=gate.pip))
    signal.signal(number, before)
    with gate.reached():
        started.send_signal(number)
        _, err = started.communicate(timeout=PATIENCE)
    assert started.returncode == 128 + number
    assert err.splitlines()[1:] == ["", "Stopped. The next command puts the environment right."]
    ended = course.run("grade", GRADER_PYTHON=course.python("python3.12"))
    assert "it was not finished" in one_line(ended.stderr)
    assert ended.stdout == "-P -m grader grade\n"


@posix
def test_two_at_once_make_one_environment(course: Course, gate: Gate) -> None:
    python = course.python("python3.12", pip=gate.pip)
    first = course.start("grade", "1", GRADER_PYTHON=python)
    with gate.reached():
        second = course.start("grade", "2", GRADER_PYTHON=python)
        assert second.stderr is not None
        assert second.stderr.readline().startswith("Another command is making the environment")
        gate.open()
    for number, each in enumerate([first, second], start=1):
        out, _ = each.communicate(timeout=PATIENCE)
        assert (each.returncode, out) == (0, f"-P -m grader grade {number}\n")
    assert (course.noted("-m venv"), course.noted("-m pip")) == (1, 1)


@posix
def test_after_a_hard_kill_the_next_one_waits_for_the_old_pip(course: Course, gate: Gate) -> None:
    killed = course.start("grade", GRADER_PYTHON=course.python("python3.12", pip=gate.pip))
    with gate.reached():
        killed.kill()
        killed.communicate(timeout=PATIENCE)
        python = course.python("python3.12")
        second = course.start("grade", GRADER_PYTHON=python)
        assert second.stderr is not None
        assert second.stderr.readline().startswith("Another command is making the environment")
        gate.open()
    out, err = second.communicate(timeout=PATIENCE)
    assert (second.returncode, out) == (0, "-P -m grader grade\n")
    assert "it was not finished" in one_line(err)


# --- what needs no environment ------------------------------------------------------------------


@pytest.mark.parametrize("argv", [["hint", "02_1"], ["reset", "02_1"], ["help"], ["--version"]])
def test_what_needs_no_packages_makes_no_environment(course: Course, argv: list[str]) -> None:
    ended = course.run(*argv)
    assert ended.stdout.startswith("cli " + " ".join(argv))
    assert not course.venv.exists()


@pytest.mark.parametrize("number", ["01", "1"])
def test_a_lesson_runs_without_an_environment(course: Course, number: str) -> None:
    ended = course.run("lesson", number, "word", START="spawn", GRADER_PYTHON=sys.executable)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "lesson __main__ spawn ['word']\n"
    assert not course.venv.exists()


@posix
def test_a_lesson_uses_the_environment_that_is_there(course: Course) -> None:
    course.run("grade", GRADER_PYTHON=course.python("python3.12"))
    ended = course.run("lesson", "01", START="fork")
    assert ended.stdout == "-m lessons.lesson_01_waiting\nSTART=fork\n"


@pytest.mark.parametrize("argv", [["99"], [], ["--all"]])
def test_an_unknown_lesson_is_answered_with_the_list(course: Course, argv: list[str]) -> None:
    ended = course.run("lesson", *argv)
    assert ended.returncode == 2
    assert one_line(ended.stderr).endswith("There are: 01 waiting.")


# --- real ones ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_real_one_from_another_folder_with_everything_set(course: Course) -> None:
    shutil.copy(HERE / environment.LOCK, course.root)
    (course.outside / "json.py").write_text("raise SystemExit('the wrong json')\n")
    ended = course.run(
        *("grade", "packages", "seven"),
        GRADER_PYTHON=sys.executable,
        PYTHONPATH=str(course.root),
        PYTHONSAFEPATH="1",
        PYTHONUNBUFFERED="1",
        PYTHONDONTWRITEBYTECODE="1",
        PIP_TARGET=str(course.outside / "target"),
        cwd=course.outside,
    )
    assert one_line(ended.stderr).startswith("Making the environment (once")
    assert ended.returncode == 7
    cli, prefix, foreign, packages = ended.stdout.splitlines()
    assert cli == "cli grade packages seven"
    assert prefix == f"prefix {course.venv}"
    assert foreign == "foreign []"
    locked = (HERE / environment.LOCK).read_text()
    name, pytest_version, msgspec_version = packages.split()
    assert name == "packages"
    assert f"pytest=={pytest_version} " in locked
    assert f"msgspec=={msgspec_version} " in locked
    # Asked again, now by its own Python and as a file: still finished, nothing to say.
    again = subprocess.run(
        [environment_python(course), course.root / "grader", "grade", "seven"],
        cwd=course.outside.parent,
        env=course.environ(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (again.returncode, again.stderr) == (7, "")


def environment_python(course: Course) -> str:
    return str(course.venv.joinpath(*environment._BIN))


@pytest.mark.slow
@posix
def test_a_real_pip_without_a_network_and_a_real_handing_over(course: Course) -> None:
    quick = {"PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    assert course.run("grade", GRADER_PYTHON=sys.executable, **quick).returncode == 0
    # A made environment whose authors' tools cannot be had: they are missing, nothing else is.
    (course.root / environment.DEV_LOCK).write_text(f"pluggy==1.5.0 --hash=sha256:{'0' * 64}\n")
    closed = "http://127.0.0.1:9/simple"
    for offline in ({"PIP_INDEX_URL": closed}, {"PIP_NO_INDEX": "1"}):
        ended = course.run("test", **quick, **offline)
        assert ended.returncode == 2
        assert "pip did not reach its package index" in ended.stderr.splitlines()[-1]
        assert course.run("grade", "seven").returncode == 7
    # An upgrade of the system can put another Python under an environment. That is seen only from
    # inside, and mended from outside: here by a stand-in, which then runs the command.
    marker = json.loads(course.marker.read_text())
    course.marker.write_text(json.dumps({**marker, "python": "3.10"}))
    python = course.python("python3.12")
    mended = subprocess.run(
        [environment_python(course), "-m", "grader", "grade", "seven"],
        cwd=course.root,
        env=course.environ(GRADER_PYTHON=python),
        capture_output=True,
        encoding="utf-8",
    )
    assert "it was not finished" in one_line(mended.stderr)
    assert (mended.returncode, mended.stdout) == (0, "-P -m grader grade seven\n")
    assert json.loads(course.marker.read_text())["base"] == python
