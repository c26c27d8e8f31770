"""Level instructor: a submission locked in by bubblewrap, with a zygote that is PID 1.

Own namespaces for user, pid, mount, net, ipc and uts; nothing of the machine is visible but the
interpreter, the system's libraries and programs, the one submitted file and the given helpers, all
read-only. /tmp and /dev/shm are private and bounded. When the control socket closes, PID 1 ends and
the kernel kills what is left.

bubblewrap is started unprivileged. Where the grader runs as root, it drops to a uid that needs no
account first; what that uid cannot read (an interpreter in a private home, a clone in a folder of
mode 0700) is copied once into a cache.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import WrongUse
from grader.reactor import Reactor
from grader.system import cgroup
from grader.system.base import HostSettings, SupervisorLost, Worker
from grader.system.linux import ZYGOTE_FLAGS, LinuxHost

UID = 64321
"""The uid of submissions where the grader is root; no account is needed for it."""
_INSIDE = Path(__file__).resolve().parent.parent / "inside"
_PYTHON_AT = "/python"
_TMP_BYTES = 64 * 1024**2
_SHM_BYTES = 64 * 1024**2
_FILE_BYTES = 32 * 1024**2
_MAX_MEMORY = 512 * 1024**2  # shared pages counted once, /tmp and /dev/shm included
_MAX_TASKS = 160
_OPEN_FILES = 512
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin")
_MB = 1024**2
_LIMITS = {
    errno.EFBIG: f"a file may have {_FILE_BYTES // _MB} MB",
    errno.ENOSPC: f"/tmp and /dev/shm hold {_TMP_BYTES // _MB} MB each",
    errno.EMFILE: f"a process may have {_OPEN_FILES} files open",
    errno.EAGAIN: f"{_MAX_TASKS} processes and threads may exist at once",
    errno.ENOMEM: f"all processes together may use {_MAX_MEMORY // _MB} MB of memory",
    errno.EROFS: "only /tmp and /dev/shm can be written to",
    errno.ENETUNREACH: "there is no network but 127.0.0.1",
}
"""What an error of the submission's code may come from, as the student is told."""
_NOT_COPIED = shutil.ignore_patterns(
    "site-packages", "test", "idlelib", "tkinter", "turtledemo", "*.a"
)


@dataclass(frozen=True)
class Place:
    """Where a sandbox finds its parts, each readable for the submission's uid.

    Attributes:
        bwrap: the program.
        uid: of the submission, None for our own.
        python: the interpreter, as it is called inside.
        prefix: folder outside to be shown at ``prefix_at``, or None where the system has it.
        prefix_at: where the interpreter's folder appears inside.
        inside: folder outside that holds the package ``kit``.
    """

    bwrap: str
    uid: int | None
    python: str
    prefix: Path | None
    prefix_at: str
    inside: Path


def submissions_uid() -> int | None:
    """The uid under which submissions run; None for our own."""
    return UID if os.getuid() == 0 else None


@functools.cache
def find_place(python: str) -> Place:
    """Find or make all that a sandbox needs.

    Args:
        python: the interpreter that is to run submissions.

    Raises:
        WrongUse: bubblewrap is missing; says what helps.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise WrongUse(
            "Level instructor needs bubblewrap, which is not installed. "
            "Debian, Ubuntu: sudo apt install bubblewrap; Fedora: sudo dnf install bubblewrap."
        )
    uid = submissions_uid()
    base = Path(_ask_python(python, "import sys; print(sys.base_prefix)"))
    binary = Path(
        _ask_python(
            python, "import sys; print(getattr(sys, '_base_executable', '') or sys.executable)"
        )
    )
    binary = binary.resolve()
    inside = _compiled_copy("inside", _INSIDE, ("kit",), python)
    if any(binary.is_relative_to(folder) for folder in _SYSTEM):
        return Place(bwrap, uid, str(binary), None, "", inside)
    if uid is None or _is_readable(binary, uid):
        return Place(bwrap, uid, str(binary), base, str(base), inside)
    copy = _copy_of_python(base, binary)
    return Place(bwrap, uid, f"{_PYTHON_AT}/bin/{binary.name}", copy, _PYTHON_AT, inside)


def _ask_python(python: str, code: str) -> str:
    answer = subprocess.run(
        [python, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def _is_readable(path: Path, uid: int) -> bool:
    """Whether a uid without any group can read a file: every folder above lets it pass."""
    for each in (path, *path.parents):
        mode = each.stat().st_mode
        owner = each.stat().st_uid == uid
        need = stat.S_IXUSR if owner else stat.S_IXOTH
        if each == path:
            need |= stat.S_IRUSR if owner else stat.S_IROTH
        if mode & need != need:
            return False
    return True


def _lets_pass(folder: Path) -> bool:
    """Whether everybody may go through a folder and those above it."""
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _cache() -> Path:
    """Our cache of readable copies, in a folder that only we can write."""
    folder = Path(tempfile.gettempdir()) / f"grader-cache-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o755)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise WrongUse(f"{folder} belongs to somebody else; remove it, or set TMPDIR.")
    return folder


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder of the cache, made by whoever comes first, whole or not at all."""
    folder = _cache() / name
    if not folder.exists():
        new = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=_cache()))
        try:
            make(new)
            new.chmod(0o755)
            with contextlib.suppress(OSError):  # somebody else was quicker: theirs is as good
                new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return folder


def _copy_of_python(base: Path, binary: Path) -> Path:
    """The interpreter and its standard library, without what no exercise needs."""
    status = binary.stat()
    key = hashlib.sha256(f"{binary} {status.st_mtime_ns} {status.st_size}".encode()).hexdigest()[
        :12
    ]

    def make(folder: Path) -> None:
        (folder / "bin").mkdir()
        shutil.copy2(binary, folder / "bin" / binary.name)
        for library in (base / "lib").glob("python3*"):
            if library.is_dir():
                shutil.copytree(library, folder / "lib" / library.name, ignore=_NOT_COPIED)
        for shared in (base / "lib").glob("libpython*.so*"):
            shutil.copy2(shared, folder / "lib" / shared.name)
        _open_to_all(folder)

    return _once(f"{binary.name}-{key}", make)


def _compiled_copy(name: str, source: Path, packages: tuple[str, ...], python: str) -> Path:
    """A folder of the cache with some packages of ``source``, byte-compiled, readable for all."""
    files = [
        path.relative_to(source)
        for package in packages
        for path in sorted((source / package).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    digest = hashlib.sha256(python.encode())
    for path in files:
        digest.update(str(path).encode() + b"\0" + (source / path).read_bytes())

    def make(folder: Path) -> None:
        for path in files:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target)
        compile_all = [
            python,
            "-I",
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
        ]
        subprocess.run([*compile_all, str(folder)], stdin=subprocess.DEVNULL, check=False)
        _open_to_all(folder)

    return _once(f"{name}-{digest.hexdigest()[:12]}", make)


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def stage(exercises: Path, python: str) -> Path:
    """A readable, byte-compiled copy of what a submission may import, and of nothing else.

    Args:
        exercises: the course's folder with the packages ``given`` and ``drivers``.
        python: the interpreter of submissions.

    Raises:
        WrongUse: every sandbox shows the folder in which the course lies.
    """
    for folder in _SYSTEM:
        if exercises.resolve().is_relative_to(Path(folder).resolve()):
            raise WrongUse(
                f"The course lies in {folder}, which every submission can read: its solutions "
                "too. Put the course somewhere else, for example into your home folder."
            )
    return _compiled_copy("course", exercises, ("given", "drivers"), python)


class SandboxHost(LinuxHost):
    """A sandbox for one submission.

    Args: as `LinuxHost`.

    Raises:
        WrongUse: the sandbox cannot be made here; says what helps.
    """

    def __init__(self, reactor: Reactor, settings: HostSettings, witness: str) -> None:
        self._place = find_place(settings.python)
        self._group = cgroup.make(_MAX_MEMORY, _MAX_TASKS)
        self._refused = (0, 0)
        super().__init__(reactor, settings, witness)

    def _start(self, settings: HostSettings, witness: str, control: int) -> subprocess.Popen[bytes]:
        inner = {
            **settings.for_worker(),
            "path": ["/submission", "/course"],
            "locked_in": True,
            "max_tasks": _MAX_TASKS,
        }
        return subprocess.Popen(
            [
                *_bwrap(self._place, settings, witness),
                *(self._place.python, *ZYGOTE_FLAGS, "/grader", str(control), json.dumps(inner)),
            ],
            pass_fds=[control],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=self._drop,
            cwd="/",
            env={},
        )

    def _drop(self) -> None:
        """In the child, before bubblewrap: enter the cgroup, set limits, change the uid."""
        os.setsid()
        if self._group is not None:
            self._group.enter()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
        if self._place.uid is not None:
            os.setgroups([])
            os.setresgid(self._place.uid, self._place.uid, self._place.uid)
            os.setresuid(self._place.uid, self._place.uid, self._place.uid)

    def open(self) -> Worker:
        """Start a fresh worker; what was refused before is not its affair.

        Raises:
            RuntimeError: the sandbox could not be made: a fault of the grader, or of the machine.
        """
        self._refused = self._refusals()
        try:
            return super().open()
        except SupervisorLost:
            said = self.why_not()
            if said:  # by bubblewrap, or by our PID 1: a submission cannot write there
                raise RuntimeError(f"the sandbox was lost: {said}") from None
            raise

    def _refusals(self) -> tuple[int, int]:
        return (0, 0) if self._group is None else self._group.refusals()

    def limit_behind(self, number: int | None) -> str:
        """Which limit explains an errno (None: a death, or an error without one)."""
        (killed, refused), before = self._refusals(), self._refused
        if number is None and killed > before[0]:
            number = errno.ENOMEM
        elif number is None and refused > before[1]:
            number = errno.EAGAIN
        limit = _LIMITS.get(number) if number is not None else None
        return f" Under this grader {limit}." if limit else ""

    def why_not(self) -> str:
        """What bubblewrap said when it could not make the sandbox; empty while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._zygote.wait(1.0)  # its end of the control socket is closed a moment before
        if self._zygote.poll() is None or self._zygote.stderr is None:
            return ""
        return self._zygote.stderr.read(4096).decode("utf-8", "replace").strip()

    def close(self) -> None:
        """End the sandbox; the kernel ends what is in it.

        Raises:
            RuntimeError: something is still in its cgroup: a fault of the grader or of the kernel.
        """
        super().close()
        if self._zygote.stderr is not None:
            self._zygote.stderr.close()
        if self._group is not None:
            self._group.remove()


def _bwrap(place: Place, settings: HostSettings, witness: str) -> list[str]:
    """The command that makes the sandbox, up to the program in it."""
    submission, course = settings.path
    words = [place.bwrap, "--unshare-all", "--unshare-user", "--as-pid-1", "--die-with-parent"]
    words += ["--new-session", "--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"]
    if _knows(place.bwrap, "--disable-userns"):
        words.append("--disable-userns")
    for folder in _SYSTEM:
        if Path(folder).is_symlink():
            words += ["--symlink", os.readlink(folder), folder]
        elif Path(folder).is_dir():
            words += ["--ro-bind", folder, folder]
    for file in ("/etc/ld.so.cache", "/etc/alternatives"):
        words += ["--ro-bind-try", file, file]
    if place.prefix is not None:
        words += ["--ro-bind", str(place.prefix), place.prefix_at]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--size", str(_SHM_BYTES), "--tmpfs", "/dev/shm"]
    words += ["--size", str(_TMP_BYTES), "--tmpfs", "/tmp"]
    words += [
        "--ro-bind",
        str(place.inside),
        "/grader",
        "--ro-bind",
        str(submission),
        "/submission",
    ]
    for name in ("given", "drivers"):
        words += ["--ro-bind-try", f"{course}/{name}", f"/course/{name}"]
    socket_path = Path(witness.removeprefix("unix:"))
    # Read-only: one can connect, but leave nothing there, where no limit would hold.
    words += ["--ro-bind", str(socket_path.parent), "/w", "--chdir", "/tmp"]
    for name, value in _environment(place, socket_path.name).items():
        words += ["--setenv", name, value]
    return [*words, "--remount-ro", "/", "--"]


def _environment(place: Place, socket_name: str) -> dict[str, str]:
    return {
        "PATH": f"{Path(place.python).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "LD_LIBRARY_PATH": f"{Path(place.python).parent.parent}/lib",
        "GRADER_WITNESS": f"unix:/w/{socket_name}",
    }


def _knows(bwrap: str, option: str) -> bool:
    if bwrap not in _help:
        answer = subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False)
        _help[bwrap] = answer.stdout + answer.stderr
    return option in _help[bwrap]


_help: dict[str, str] = {}


def insist(python: str) -> None:
    """Make sure that a sandbox can be made here.

    Raises:
        WrongUse: it cannot; says what helps, and that weaker levels have names of their own.
    """
    if sys.platform != "linux":
        raise WrongUse(
            "Level instructor needs Linux. A weaker level must be asked for: --level student."
        )
    place = find_place(python)
    folder = Path(tempfile.gettempdir()).resolve()
    if submissions_uid() is not None and not _lets_pass(folder):
        raise WrongUse(
            f"Submissions run as another user, who cannot enter the temporary folder {folder}. "
            "Set TMPDIR to one that all may enter, such as /tmp."
        )
    said = _try_sandbox(place)
    if said:
        raise WrongUse(
            f"Level instructor cannot lock submissions in on this machine. {remedy_for(said)} "
            "A weaker level must be asked for: --level student."
        )


@dataclass(frozen=True)
class Finding:
    """One thing that the probe looked at: what, whether it is well, and what helps if not.

    A thing that is not ``needed`` only makes the sandbox stronger.
    """

    what: str
    well: bool
    remedy: str = ""
    needed: bool = True


def probe(python: str = sys.executable) -> list[Finding]:
    """Try everything that level instructor needs on this machine, without grading anything."""
    findings = [Finding("Linux", sys.platform == "linux", "the sandbox needs Linux")]
    try:
        place = find_place(python)
    except (WrongUse, OSError, subprocess.SubprocessError) as error:
        return [*findings, Finding("bubblewrap", False, str(error))]
    findings.append(Finding(f"bubblewrap at {place.bwrap}", True))
    said = _try_sandbox(place)
    findings.append(Finding("a sandbox can be made", not said, remedy_for(said)))
    if not _knows(place.bwrap, "--disable-userns"):
        findings.append(
            Finding(
                "no user namespaces inside",
                False,
                "bubblewrap 0.8 or newer can forbid them",
                needed=False,
            )
        )
    group = cgroup.make(64 * 1024**2, 64)
    findings.append(
        Finding("a cgroup for memory and tasks", group is not None, cgroup.REMEDY, needed=False)
    )
    if group is not None:
        group.remove()
    return findings


def _try_sandbox(place: Place) -> str:
    """What went wrong with an empty sandbox; nothing if it worked."""
    words = [
        place.bwrap,
        "--unshare-all",
        "--unshare-user",
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
    ]

    def drop() -> None:
        if place.uid is not None:
            os.setgroups([])
            os.setresgid(place.uid, place.uid, place.uid)
            os.setresuid(place.uid, place.uid, place.uid)

    done = subprocess.run(
        [*words, "--", "/bin/true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=drop,
        cwd="/",
    )
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def remedy_for(said: str) -> str:
    """What helps when bubblewrap said this."""
    if not said:
        return ""
    switch = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if switch.exists() and switch.read_text().strip() == "1":
        return (
            f"bubblewrap said: {said}. AppArmor forbids user namespaces here (Ubuntu 24.04 and "
            "newer). On a CI runner: sudo sysctl -w "
            "kernel.apparmor_restrict_unprivileged_userns=0; on a server rather an AppArmor "
            "profile for /usr/bin/bwrap alone."
        )
    old = Path("/proc/sys/kernel/unprivileged_userns_clone")
    if old.exists() and old.read_text().strip() == "0":
        return f"bubblewrap said: {said}. sudo sysctl -w kernel.unprivileged_userns_clone=1"
    return (
        f"bubblewrap said: {said}. In a container: it must be allowed to make user namespaces "
        "(Docker: --security-opt seccomp=unconfined, or a runner without a container)."
    )
