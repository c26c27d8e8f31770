"""Imports one submission and serves calls, one after the other, over a channel of frames.

It makes claims only; what they are worth is decided on the other side. Orders and answers:

========================================  ==============================================
``{"do": "import", "module": NAME}``      ``{"ok": [names of functions]}`` or ``raised``
``{"do": "call", "function": NAME,        ``{"ok": value}`` or ``raised``, with ``after``:
"args": […]}``                            the arguments as they are now
``{"do": "drive", "driver": NAME,         the same, from a helper of the course that gets
"args": […]}``                            the submission's module as its first argument
========================================  ==============================================

Every answer also says which of its threads are still alive, which helpers of multiprocessing it
has (fork server and resource tracker live on by design), and the start method's name.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import socket
import sys
import threading
import time
import types

from . import remote, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_THREADS_WITHIN = 1.0  # seconds that a thread gets to end after its call
_FRAMES = 12
_TEXT = 2000
_ARGUMENTS = 256 * 1024  # bytes of an exception's arguments


def become_worker(channel: int, out: int, err: int, settings: dict[str, Any]) -> None:
    """Turn the process just forked by the zygote into a worker; never returns.

    Args:
        channel: descriptor of the frames' socket.
        out: descriptor that becomes standard output.
        err: descriptor that becomes standard error.
        settings: see `serve`.
    """
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(
        1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    sys.stderr = open(
        2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))
    serve(socket.socket(fileno=channel), settings)
    os._exit(0)


def main() -> None:
    """Entry point of a worker that is no zygote's child: ``python -c … PORT TOKEN SETTINGS``."""
    port, token, settings = sys.argv[1:4]
    sys.argv = [""]
    channel = socket.create_connection(("127.0.0.1", int(port)))
    channel.sendall(token.encode("ascii"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(  # type: ignore[union-attr]
            encoding="utf-8", errors="backslashreplace", line_buffering=True
        )
    serve(channel, json.loads(settings))


def serve(channel: socket.socket, settings: dict[str, Any]) -> None:
    """Serve orders until the channel ends.

    Args:
        channel: a connected stream socket.
        settings: ``path`` (folders put in front of ``sys.path``), ``processes`` (whether the
            exercise starts any), ``given`` (name of the package of given helpers).
    """
    sys.path[:0] = settings["path"]
    _bare_main()
    if settings["processes"]:
        import multiprocessing

        multiprocessing.get_start_method()  # settles the default before the submission can
    server = _Server(settings)
    while True:
        order = wire.read_frame(channel.recv)
        if order is None:
            _end_multiprocessing()
            return
        answer = server.answer(order)
        _flush()
        try:
            reply = wire.frame(answer)
        except wire.WireError as error:
            reply = wire.frame({"unsendable": str(error)})
        channel.sendall(reply)


def _end_multiprocessing() -> None:
    """What Python does at its own exit: ends daemons, unlinks the semaphores of living objects."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._exit_function()


def _bare_main() -> None:
    """Give spawned grandchildren no main module to import again.

    Importing multiprocessing also makes ``__mp_main__`` the program of this process: replace both.
    """
    main = types.ModuleType("__main__")
    main.__spec__ = None
    sys.modules["__main__"] = sys.modules["__mp_main__"] = main


class _Server:
    def __init__(self, settings: dict[str, Any]) -> None:
        self._given = settings["given"]
        self._module: Any = None

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any]
        try:
            match order["do"]:
                case "import":
                    self._module = importlib.import_module(order["module"])
                    answer = {"ok": self._functions()}
                case "call":
                    answer = self._call(getattr(self._module, order["function"]), order["args"])
                case "drive":
                    answer = self._call(self._driver(order["driver"]), order["args"])
                case other:
                    answer = {"unsendable": f"no order {other!r}"}
        except wire.WireError as error:
            answer = {"unsendable": str(error)}
        except BaseException as error:
            answer = {"raised": describe(error)}
        return answer | self._surroundings()

    def _functions(self) -> list[str]:
        names = vars(self._module)
        return [name for name in list(names)[:1000] if type(name) is str and callable(names[name])]

    def _driver(self, name: str) -> Any:
        module, _, function = name.rpartition(".")
        driver = getattr(importlib.import_module(f"drivers.{module}"), function)
        return functools.partial(driver, self._module)

    def _call(self, function: Any, data: list[Any]) -> dict[str, Any]:
        args = [wire.decode(each, self._resolve) for each in data]
        try:
            value = function(*args)
        except BaseException as error:
            answer: dict[str, Any] = {"raised": describe(error)}
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                answer["signature"] = _signature(function)
        else:
            answer = {"ok": wire.encode(value)}
        answer["after"] = [wire.encode(each, _unresolve) for each in args]
        return answer

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "x":
            import multiprocessing

            return multiprocessing.get_context(content)
        if tag == "g":
            name, args = content
            given = getattr(importlib.import_module(self._given), name)
            bound = [wire.decode(each, self._resolve) for each in args]
            return functools.partial(given, *bound) if bound else given
        number, name, methods = content
        return remote.Remote(number, name, methods)

    def _surroundings(self) -> dict[str, Any]:
        return {
            "threads": _live_threads(),
            "helpers": _helpers(),
            "method": _start_method(),
        }


def _unresolve(value: object) -> Any:
    """Objects that came from the grader go back as a mark: they count as unchanged."""
    plain = (Exception, str, int, list, tuple, dict, set, bytes)
    return None if isinstance(value, plain) else {"o": "given"}


def describe(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: type, text, frames, and where a syntax error stands."""
    try:
        text = str(error)
    except BaseException as second:
        text = f"<its text raised {type(second).__name__}>"
    args = _sendable(getattr(error, "args", ()))
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append([code.co_filename, trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    description = {
        "type": type(error).__name__,
        "text": text[:_TEXT],
        "args": args,
        "frames": frames[-_FRAMES:],
    }
    if isinstance(error, SyntaxError):
        description["at"] = [str(error.filename), error.lineno or 0, str(error.text or "")[:200]]
    return description


def _sendable(args: object) -> Any:
    """The arguments of an exception, none where they are too large: what it says matters more."""
    try:
        encoded = wire.encode(args)
        return encoded if len(wire.dumps(encoded)) <= _ARGUMENTS else {"t": []}
    except wire.WireError:
        return {"t": []}


def _signature(function: Any) -> str:
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    count = code.co_argcount + code.co_kwonlyargcount
    return f"{code.co_name}({', '.join(code.co_varnames[:count])})"


def _live_threads() -> list[str]:
    """Names of threads that would keep the process from ending, after a second's grace."""
    deadline = time.monotonic() + _THREADS_WITHIN
    alive = []
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                alive.append(str(thread.name)[:100])
    return alive


def _helpers() -> list[int]:
    server = sys.modules.get("multiprocessing.forkserver")
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    pids = []
    if server is not None:
        pids.append(server._forkserver._forkserver_pid)
    if tracker is not None:
        pids.append(tracker._resource_tracker._pid)
    return [pid for pid in pids if type(pid) is int]


def _start_method() -> str | None:
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is None:
        return None
    return str(multiprocessing.get_start_method(allow_none=True))


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed or replaced by the submission: its own affair
            pass
