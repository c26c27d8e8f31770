"""The environment that makes itself: a fresh clone and a bare Python are enough.

``start`` is called by ``grader/__main__.py`` for every command. On a finished environment it costs
one look at a small file and one ``exec``. Otherwise the environment is made, or mended, first:

* ``.venv`` in the course folder, with the newest Python found (``candidates`` in ``__main__``);
* exactly the packages of ``requirements.lock``; for authors' commands those of
  ``requirements-dev.lock`` too;
* the marker ``grader-environment.json`` in it, written last. What it does not vouch for is remade.

Two variables change the defaults:

* ``GRADER_VENV``: the folder of the environment, instead of ``.venv``;
* ``GRADER_PYTHON``: the Python that makes it, instead of the newest one.

Only the standard library, and nothing slow imported at the top: this runs before every command.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections import namedtuple

from grader.__main__ import NEWEST, OLDEST, ROOT, candidates, how_to_install

TYPE_CHECKING = False  # known to type checkers; spares the import of typing
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

VENV = os.path.abspath(os.environ.get("GRADER_VENV") or os.path.join(ROOT, ".venv"))
MARKER = os.path.join(VENV, "grader-environment.json")
LOG = os.path.join(ROOT, "build", f"environment-{os.path.basename(VENV).lstrip('.')}.log")
LOCK, DEV_LOCK = "requirements.lock", "requirements-dev.lock"
_BIN = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
PYTHON = os.path.join(VENV, *_BIN)

NEEDS_NOTHING = frozenset(["hint", "reset", "help", "-h", "--help", "--version"])
TOOLS = {
    # Tests mostly wait, for deadlines and for processes: so more of them at once than cores.
    "test": [["-m", "pytest", "-n", str(min(2 * (os.cpu_count() or 1), 16)), "--dist=worksteal"]],
    "lint": [["-m", "ruff", "check"], ["-m", "ruff", "format", "--check"], ["-m", "mypy"]],
}
AUTHOR_COMMANDS = frozenset([*TOOLS, "bench", "notebooks", "book"])

# What must not reach another Python that we start: it would look for its library elsewhere.
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__")
# What would send pip's packages elsewhere than into the environment.
_MISPLACING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER")

_PROBE = """
import sys
try:
    import ensurepip, venv
    missing = ""
except ImportError:
    missing = str(sys.exc_info()[1])
print(".".join(map(str, sys.version_info[:3])))
print(getattr(getattr(sys, "implementation", None), "name", ""))
print(missing)
print(getattr(sys, "_base_executable", None) or sys.executable)
"""

Interpreter = namedtuple("Interpreter", ["command", "version", "path", "problem"])
"""A tried Python: what started it, (3, 11, 7), its real path, and what speaks against it."""


class SetupError(Exception):
    """The environment cannot be made; the message is one line that says what helps.

    Usual causes: no suitable Python, no ``venv``, no network, a folder that cannot be written.
    """


def start(argv: list[str]) -> int:
    """Run one command where it belongs: here, in the environment, or as a tool of the authors."""
    command = argv[0] if argv else "help"
    try:
        if command == "lesson":
            from grader import lesson

            return lesson.run(argv[1:])
        if command == "lock":
            return _write_locks()
        if command in TOOLS:
            return _run_tool(ensure(dev=True), TOOLS[command], argv[1:])
        if command not in NEEDS_NOTHING:
            python = ensure(dev=command in AUTHOR_COMMANDS)
            if not _inside():
                # -P: a json.py in the current folder must not be taken for the real one.
                os.environ["PYTHONPATH"] = ROOT
                return become(python, ["-P", "-m", "grader", *argv], keep=("PYTHONPATH",))
    except SetupError as error:
        _say(str(error))
        return 2
    os.environ.pop("PYTHONPATH", None)  # ours, see above: not for the grader's own children
    from grader.cli import main

    return main(argv)


def ensure(dev: bool = False) -> str:
    """Return the environment's Python, after making or mending the environment if it needs that.

    Called from inside an environment that is no longer right, it hands the whole command to the
    Python below, which can make it anew, and does not return.
    """
    complaint = _complaint(dev)
    if not complaint:
        return PYTHON
    if _inside() and complaint != "tools":
        _write_marker({})  # else the Python below, which cannot see what we see, sends us back
        below: str = getattr(sys, "_base_executable", sys.executable)
        os.environ["PYTHONPATH"] = ROOT
        raise SystemExit(become(below, ["-m", "grader", *sys.argv[1:]], keep=("PYTHONPATH",)))
    try:
        with _stopping_politely(), _alone() as held:
            complaint = _complaint(dev)  # asked again: another command may have made it meanwhile
            if complaint:
                _make(complaint, dev, held)
    except OSError as error:
        raise SetupError(f"The environment cannot be made: {error}.") from error
    return PYTHON


def any_python() -> str:
    """Return a suitable Python for a program that needs no packages; nothing is made for it."""
    return PYTHON if not _complaint(dev=False) else str(find_python(venv=False).path)


def become(python: str, arguments: Sequence[str], keep: Sequence[str] = ()) -> int:
    """Go on as another Python: the same process where the system can do that."""
    environ = _clean_environ(keep)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        try:
            os.execve(python, [python, *arguments], environ)
        except OSError as error:
            raise SetupError(f"{python} does not start: {error}.") from error
    import subprocess

    child = subprocess.Popen([python, *arguments], env=environ)
    while True:
        # Ctrl-C reaches the child too: it decides what that means.
        with contextlib.suppress(KeyboardInterrupt):
            return child.wait()


def find_python(venv: bool = True) -> Interpreter:
    """Try every Python there is and return the newest that suits; the running one wins a tie.

    Args:
        venv: whether it must be able to make an environment.
    """
    asked = os.environ.get("GRADER_PYTHON")
    running = [[sys.executable]] if sys.executable else []
    tried = [_try(each, venv) for each in ([[asked]] if asked else [*running, *candidates()])]
    good = [each for each in tried if not each.problem]
    if good:
        return max(good, key=lambda each: each.version[:2])
    raise SetupError(_nothing_suits(tried))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _inside() -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def _clean_environ(keep: Sequence[str] = ()) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k in keep or k not in _FOREIGN}


# --- is it ready? -------------------------------------------------------------------------------


def _marker() -> dict[str, str]:
    try:
        with open(MARKER, encoding="utf-8") as file:
            read = json.load(file)
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _hash(lock: str) -> str:
    try:
        with open(os.path.join(ROOT, lock), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        raise SetupError(
            f"{lock} is missing in {ROOT}: this copy of the course cannot do that."
        ) from None


def _complaint(dev: bool) -> str:
    """Say in a few words why the environment cannot be used as it is; nothing when it can."""
    if not os.path.exists(VENV):
        return "new"
    marker = _marker()
    if LOCK not in marker:
        return "it was not finished"
    if marker.get("checkout") != ROOT:
        return "the course was moved here"
    if not os.path.exists(PYTHON):
        return "its Python is gone"
    if _inside() and marker.get("python") != _short(sys.version_info):
        return "its Python has changed"
    asked = os.environ.get("GRADER_PYTHON")
    if asked and asked not in (marker.get("asked"), marker.get("base")):
        return "GRADER_PYTHON names another Python"
    if marker[LOCK] != _hash(LOCK):
        return f"{LOCK} has changed"
    return "tools" if dev and marker.get(DEV_LOCK) != _hash(DEV_LOCK) else ""


def _short(version: Sequence[object]) -> str:
    return f"{version[0]}.{version[1]}"


# --- which Python? ------------------------------------------------------------------------------


def _try(command: list[str], venv: bool) -> Interpreter:
    import subprocess

    shown = " ".join(command)
    environ = _clean_environ()
    environ["PYTHONIOENCODING"] = "utf-8:surrogateescape"
    environ["PYTHON_MANAGER_AUTOMATIC_INSTALL"] = "false"  # Windows' py installs what it lacks
    try:
        answer = subprocess.run(
            [*command, "-c", _PROBE],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
            encoding="utf-8",
            errors="surrogateescape",
        ).stdout
        number, implementation, missing, path = answer.split("\n")[:4]
        version = tuple(int(part) for part in number.split("."))
    except (OSError, ValueError, subprocess.SubprocessError):
        return Interpreter(command, (), shown, f"{shown} does not start")
    if not OLDEST <= version[:2] <= NEWEST:
        problem = f"{shown} is {number}"
    elif implementation != "cpython":
        problem = f"{shown} is {implementation}"
    elif venv and missing:
        problem = f"{shown} is {number} without venv ({missing})"
    else:
        problem = ""
    return Interpreter(command, version, path, problem)


def _nothing_suits(tried: list[Interpreter]) -> str:
    found = "; ".join(each.problem for each in tried) or "no Python on PATH"
    nearly = [each.version for each in tried if OLDEST <= each.version[:2] <= NEWEST]
    remedy = how_to_install()
    if nearly and sys.platform == "linux":
        package = f"python{_short(max(nearly))}-venv"
        remedy = f"sudo apt install {package} (Debian, Ubuntu; elsewhere your own installer)"
    return (
        f"This course needs Python {_short(OLDEST)} to {_short(NEWEST)} with venv. "
        f"Found: {found}. What helps: {remedy}"
    )


# --- making and mending -------------------------------------------------------------------------


def _make(complaint: str, dev: bool, held: int) -> None:
    """Bring the environment into order, under the lock ``held``."""
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    with open(LOG, "wb") as log:
        if complaint == "tools":
            _say("Adding the authors' tools to the environment (once, about half a minute) ...")
            marker = _marker()
        else:
            if os.pathsep in VENV:
                raise SetupError(
                    f"An environment cannot live in a path with '{os.pathsep}': {VENV}"
                )
            python = find_python()
            anew = "" if complaint == "new" else f" anew, {complaint}"
            _clear()
            _say(f"Making the environment{anew} (once, about half a minute) ...")
            _step([*python.command, "-m", "venv", VENV], log, held)
            _install(LOCK, log, held)
            marker = {
                "checkout": ROOT,
                "python": _short(python.version),
                "base": python.path,
                "asked": os.environ.get("GRADER_PYTHON", ""),
                LOCK: _hash(LOCK),
            }
        if dev:
            _install(DEV_LOCK, log, held)
            marker[DEV_LOCK] = _hash(DEV_LOCK)
    _write_marker(marker)


def _clear() -> None:
    """Empty the environment's folder; a folder that is not ours is left alone."""
    import shutil

    entries = os.listdir(VENV) if os.path.isdir(VENV) else []
    marker = os.path.basename(MARKER)
    if (entries and marker not in entries) or (os.path.exists(VENV) and not os.path.isdir(VENV)):
        raise SetupError(
            f"{VENV} was not made by this course. "
            "Move it away, or set GRADER_VENV to another folder."
        )
    os.makedirs(VENV, exist_ok=True)
    _write_marker({})  # From here on the folder is ours, and not finished.
    for entry in entries:
        path = os.path.join(VENV, entry)
        if entry == marker:
            continue
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)


def _write_marker(marker: dict[str, str]) -> None:
    with open(MARKER + ".new", "w", encoding="utf-8") as file:
        json.dump(marker, file, indent=1)
    os.replace(MARKER + ".new", MARKER)


def _install(lock: str, log: IO[bytes], held: int) -> None:
    options = ["--require-hashes", "--no-deps", "--no-user", "--no-input", "--progress-bar", "off"]
    file = os.path.join(ROOT, lock)
    _step([PYTHON, "-m", "pip", "install", *options, "-r", file], log, held)


def _step(arguments: list[str], log: IO[bytes], held: int) -> None:
    """Run one step with its output in the log; it ends before we do, however we end.

    Raises:
        SetupError: the step failed; its last lines have been shown.
    """
    import subprocess

    environ = {k: v for k, v in _clean_environ().items() if k not in _MISPLACING}
    child = None
    try:
        with _signals_held_back():
            child = subprocess.Popen(
                arguments,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that its children end with it. It also keeps our lock:
                # if we are killed outright, the next command waits until the step has ended.
                process_group=0 if os.name == "posix" else None,
                pass_fds=(held,) if os.name == "posix" else (),
            )
        code = child.wait()
    finally:
        if child is not None and child.returncode is None:
            with _signals_held_back():  # a second Ctrl-C changes nothing: the step must end
                _end(child)
    if code:
        raise SetupError(_why_failed())


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a step and all that it has started."""
    import signal
    import subprocess

    if sys.platform == "win32":
        child.kill()
    else:
        # SIGINT first: it lets pip remove its temporary files. An empty group is an OSError.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            os.killpg(child.pid, signal.SIGINT)
            child.wait(3)
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()


_NO_INDEX = (
    "connection",
    "no matching distribution",
    "name resolution",
    "timed out",
    "proxyerror",
    "sslerror",
)


def _why_failed() -> str:
    with open(LOG, encoding="utf-8", errors="replace") as file:
        lines = [line.rstrip() for line in file if line.strip()]
    for line in lines[-8:]:
        _say(f"  | {line}")
    text = "\n".join(lines).lower()
    if any(sign in text for sign in _NO_INDEX):
        return (
            "pip did not reach its package index. What helps: a network connection, or "
            f"PIP_INDEX_URL for a mirror; then the same command again. All of pip's words: {LOG}"
        )
    return f"The environment could not be made. All of the words of pip and venv: {LOG}"


@contextlib.contextmanager
def _alone() -> Iterator[int]:
    """Hold the lock beside the environment; wait, with a word about it, while another holds it."""
    os.makedirs(os.path.dirname(VENV), exist_ok=True)
    handle = os.open(VENV + ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _lock(handle, wait=False):
            _say("Another command is making the environment; waiting for it ...")
            while not _lock(handle, wait=True):
                pass  # Windows gives up after ten seconds: ask again
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, wait: bool) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        # flock, not lockf: a child that inherits the descriptor holds the lock with us.
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


@contextlib.contextmanager
def _stopping_politely() -> Iterator[None]:
    """Answer Ctrl-C, SIGTERM and SIGHUP with one line and the usual exit code."""

    def stop(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    try:
        with _handling(stop):
            yield
    except SystemExit:
        _say("\nStopped. The next command puts the environment right.")
        raise


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let no signal come between the birth of a child and the line that remembers it."""
    import signal

    came: list[int] = []
    with _handling(lambda number, frame: came.append(number)):
        yield
    for number in came:
        signal.raise_signal(number)


@contextlib.contextmanager
def _handling(handler: Callable[[int, object], None]) -> Iterator[None]:
    """Give the signals that mean "stop" to ``handler``, but not those that are ignored (nohup)."""
    import signal

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, handler)
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])


# --- the authors' tools -------------------------------------------------------------------------


def _run_tool(python: str, tool: list[list[str]], argv: list[str]) -> int:
    """Run every part of a tool in the course folder, and return the first code that is not 0."""
    import subprocess

    os.chdir(ROOT)
    if len(tool) == 1:
        return become(python, [*tool[0], *argv])
    codes = [subprocess.call([python, *part], env=_clean_environ()) for part in tool]
    return next((code for code in codes if code), 0)


def _write_locks() -> int:
    """Resolve ``pyproject.toml`` anew into the two locks, for every system and Python at once."""
    import subprocess
    import tempfile

    _hash("pyproject.toml")  # students do not have it: said before anything is fetched
    how = ["--universal", "--python-version", _short(OLDEST), "--generate-hashes", "--upgrade"]
    how += ["--no-header", "--no-annotate", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        python = os.path.join(folder, *_BIN)
        uv = [python, "-m", "uv", "pip", "compile", *how]
        for step in (
            [find_python().path, "-m", "venv", folder],
            [python, "-m", "pip", "install", "--quiet", "uv"],
            [*uv, "pyproject.toml", "-o", LOCK],
            [*uv, "--group", "dev", "-c", LOCK, "-o", DEV_LOCK],
        ):
            environ = _clean_environ()
            # What a compile prints is the lock, and that stands in the file.
            if subprocess.call(step, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL):
                raise SetupError(f"The locks are not written: {' '.join(step[:5])} ... failed.")
    print(f"{LOCK} and {DEV_LOCK} are written.")
    return 0
