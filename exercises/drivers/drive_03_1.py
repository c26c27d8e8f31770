"""For exercise 03_1: imports the file in a fresh interpreter, runs it as a script, calls its main.

Run as a program, it is that fresh interpreter.
"""

import atexit
import contextlib
import importlib.util
import multiprocessing
import os
import runpy
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

_MOST_DESCRIPTORS = 256  # a fresh interpreter has a handful


def main(submission: ModuleType, ctx: BaseContext, numbers: Sequence[int]) -> dict[str, Any]:
    """Call `main`: what it returned, and the start method of each process that it started.

    None stands for a process that was made without a context.
    """
    with _counted() as started:
        return {"returned": submission.main(ctx, numbers), "started": started}


@contextlib.contextmanager
def _counted() -> Iterator[list[str | None]]:
    """Note each process that multiprocessing starts, whichever context or pool does it."""
    started: list[str | None] = []
    start = BaseProcess.start

    def counted(self: BaseProcess) -> None:
        start(self)
        started.append(getattr(self, "_start_method", None))

    BaseProcess.start = counted  # type: ignore[method-assign]
    try:
        yield started
    finally:
        BaseProcess.start = start  # type: ignore[method-assign]


def import_as(
    submission: ModuleType, ctx: BaseContext, look: int, names: Sequence[str]
) -> dict[str, Any]:
    """Import the file in a fresh interpreter, under one module name after the other.

    The interpreter tells an object of the grader, by number, what it holds: before the first
    import, with an empty name, and after each.
    """
    from kit import remote

    client = str(Path(remote.__file__).parent.parent)
    return _fresh(submission, ctx, "import", client, str(look), *names)


def run(submission: ModuleType, ctx: BaseContext, how: str) -> dict[str, Any]:
    """Run the file as a ``script``, or by ``-m`` under its name."""
    return _fresh(submission, ctx, how)


def _fresh(submission: ModuleType, ctx: BaseContext, *order: str) -> dict[str, Any]:
    """What a fresh interpreter printed, and its exit code; `ctx` says its default start method."""
    file = str(submission.__file__)
    path = os.pathsep.join(sys.path)
    # Files and no pipes: nobody has to read them meanwhile, and an orphan cannot keep them open.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run(
            [
                *(sys.executable, "-I", "-S", "-X", "faulthandler", __file__),
                *(path, ctx.get_start_method(), file, *order),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        printed, errors = _text(out), _text(err)
    sys.stderr.write(errors)  # for who looks at the output of the call
    return {"printed": printed, "errors": errors, "code": done.returncode}


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read(64 * 1024).decode("utf-8", "backslashreplace"))


def _program(path: str, method: str, file: str, how: str, *order: str) -> None:
    """The fresh interpreter."""
    # Before multiprocessing registers its own, which ends the children: so this comes after it.
    atexit.register(_end_helpers)
    sys.path[:] = path.split(os.pathsep)
    multiprocessing.set_start_method(method)
    match how:
        case "script":
            sys.argv = [file]
            runpy.run_path(file, run_name="__main__")
        case "-m":
            sys.argv = [file]
            runpy.run_module(Path(file).stem, run_name="__main__", alter_sys=True)
        case _:
            _import_under(file, *order)


def _end_helpers() -> None:
    """End fork server and resource tracker, and wait for them.

    They would end by themselves a moment after this process; but then as orphans, and not
    every system has somebody who waits for orphans.
    """
    server = sys.modules.get("multiprocessing.forkserver")
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    if server is not None:
        with contextlib.suppress(OSError):  # last it removes its socket, which is gone by now
            server._forkserver._stop()
    if tracker is not None:
        tracker._resource_tracker._stop()


def _import_under(file: str, client: str, look: str, *names: str) -> None:
    sys.path.append(client)
    from kit import remote

    _tell(remote.ask, int(look), "")
    for name in names:
        specification = importlib.util.spec_from_file_location(name, file)
        assert specification is not None
        assert specification.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        _tell(remote.ask, int(look), name)


def _tell(ask: Callable[..., Any], look: int, name: str) -> None:
    threading = sys.modules.get("threading")
    threads = threading.active_count() - 1 if threading else 0
    ask(look, "__call__", (name, _open(), threads, _had_children()))


def _open() -> list[tuple[int, str]]:
    """Descriptors of this process, each with what it stands for."""
    found = []
    for descriptor in range(3, _MOST_DESCRIPTORS):
        with contextlib.suppress(OSError):
            found.append((descriptor, _kind(os.fstat(descriptor).st_mode)))
    return found


def _kind(mode: int) -> str:
    if stat.S_ISSOCK(mode):
        return "socket"
    return "pipe" if stat.S_ISFIFO(mode) else "file"


def _had_children() -> bool:
    """Whether this process has had children that have ended; the kernel adds up what they used."""
    try:
        import resource
    except ImportError:  # Windows: there they are not told from none
        return False
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt > 0


if __name__ == "__main__":
    _program(*sys.argv[1:])
