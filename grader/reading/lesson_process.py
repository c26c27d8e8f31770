"""The process of a recorded lesson: it runs the cells one by one in ``__main__``.

``__main__`` has the lesson's real ``__spec__``, as under ``python -m``: children of spawn and
forkserver import the lesson's file by its name, with every main guard false.

Where the lesson is, and what it shows, goes out as datagrams of `marshal`, into the same queue as
everything that is printed. So it stands there in its true order, and nothing has to be waited for.

Standard library only, and as little of it as can be: what this imports, the lesson's process has.
"""

from __future__ import annotations

import _thread
import marshal
import os
import sys
from types import CodeType

from grader.reading import rich

LARGEST = 60_000
"""Bytes of a datagram to the recorder; a longer message goes in pieces."""
MORE, LAST = b"+", b"."
"""First byte of a piece: whether others follow."""


class Reporter:
    """Tells the recorder what this process does; a forked copy of it is silent."""

    def __init__(self, control: int) -> None:
        self._control = control
        self._process = os.getpid()
        self._lock = _thread.allocate_lock()
        self._children: _Children | None = None

    def tell(self, kind: str, value: int | dict[str, str] | None = None) -> None:
        """Send one message, after everything that was printed before it."""
        if os.getpid() != self._process:
            return
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        data = marshal.dumps((kind, value, self._names()))
        with self._lock:
            while len(data) > LARGEST:
                os.write(self._control, MORE + data[:LARGEST])
                data = data[LARGEST:]
            os.write(self._control, LAST + data)

    def _names(self) -> dict[int, str]:
        """The names of the children that multiprocessing has started since the last message."""
        process = sys.modules.get("multiprocessing.process")
        known = getattr(process, "_children", None)
        if type(known) is set:
            self._children = _Children(known)
            process._children = self._children  # type: ignore[union-attr]
        return self._children.take_names() if self._children is not None else {}


class _Children(set):  # type: ignore[type-arg]
    """multiprocessing's own set of live children, which remembers what they were called.

    A process is put into it at the end of ``Process.start``, when it has a pid. A child begins
    with a fresh plain set of its own.
    """

    def __init__(self, already: set[object]) -> None:
        super().__init__(already)
        self._started: dict[int, str] = {each.pid: each.name for each in already}  # type: ignore[attr-defined]

    def add(self, process: object) -> None:
        super().add(process)
        self._started[process.pid] = process.name  # type: ignore[attr-defined]

    def take_names(self) -> dict[int, str]:
        """Pid to name, once for each child."""
        names, self._started = self._started, {}
        return {pid: str(name) for pid, name in names.items()}


def main() -> None:
    """Run the lesson that the recorder has written into a descriptor.

    ``sys.argv`` is: anything, the descriptor of the job, that of the recorder.
    """
    job, control = (int(each) for each in sys.argv[1:])
    with open(job, "rb") as file:
        module, course, home, pieces = marshal.load(file)
    os.set_inheritable(control, False)
    # As under `python -m` in the course's folder. Before: the project's folder, and that of -c.
    sys.path[:2] = [course]
    if course != home:
        sys.path.append(home)
    reporter = Reporter(control)
    rich.deliver = lambda forms: reporter.tell("rich", forms)
    namespace = _become(module)
    for number, code in pieces:
        reporter.tell("cell", number)
        if not _run(code, namespace):
            sys.exit(1)
    reporter.tell("end")


def _become(module: str) -> dict[str, object]:
    """Give ``__main__`` what ``python -m`` gives it, and return its namespace."""
    import importlib.util

    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    sys.argv[:] = [spec.origin]
    namespace = vars(sys.modules["__main__"])
    for name in [name for name in namespace if not name.startswith("__")]:
        del namespace[name]  # what the start of this process needed
    namespace.update(
        __name__="__main__",
        __doc__=None,
        __package__=spec.parent,
        __loader__=spec.loader,
        __spec__=spec,
        __file__=spec.origin,
        __cached__=spec.cached,
    )
    return namespace


def _run(code: CodeType, namespace: dict[str, object]) -> bool:
    """Run one cell; an error is shown as Python shows it, without the frame of this function."""
    try:
        exec(code, namespace)
    except Exception as error:
        within = error.__traceback__.tb_next if error.__traceback__ is not None else None
        sys.excepthook(type(error), error.with_traceback(within), within)
        return False
    return True
