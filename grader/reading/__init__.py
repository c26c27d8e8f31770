"""What a lesson may import from us: standard library only, so that a lesson runs on a bare Python.

Importing this module also makes the output of every process of a lesson appear line by line.
Without that, a child whose output goes to a pipe keeps its lines until it ends,
and with ``PYTHONUNBUFFERED`` set the lines of two processes are torn into each other.

The rest of this folder records lessons and is not imported by them:

=================  ==============================================================================
`rich`             ``show``
`cells`            a lesson cut into its cells, each compiled by itself
`recorder`         runs a lesson and takes down what every process writes
`lesson_process`   the recorder's part inside the lesson's process
`normal`           pids, addresses and paths made the same in every recording
`recording`        what a recording is: data, for renderers to read
`notebooks`        the renderer of notebooks
=================  ==============================================================================
"""

from __future__ import annotations

import sys
from types import TracebackType

from grader.reading.rich import show

__all__ = ["expect", "show"]

for _stream in (sys.stdout, sys.stderr):
    if hasattr(_stream, "reconfigure"):  # a notebook kernel puts other objects here
        _stream.reconfigure(line_buffering=True, write_through=False)


class expect:  # in small letters, as it is read: ``with expect(TypeError):``
    """Run a block that must fail, show its error in one line, and go on.

    ``with expect(TypeError) as caught: ...`` leaves the exception in ``caught.error``,
    so that a lesson can assert what it says.

    Args:
        *errors: the exception types that count; at least one.

    Raises:
        AssertionError: when the block ends without an error.
        Exception: an error of any other type passes through unchanged.
    """

    def __init__(self, *errors: type[BaseException]) -> None:
        if not errors:
            raise TypeError("expect() needs at least one exception type, e.g. expect(TypeError)")
        self._errors = errors
        self.error: BaseException | None = None

    def __enter__(self) -> expect:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if error is None:
            names = " or ".join(each.__name__ for each in self._errors)
            raise AssertionError(f"expected {names}, but the block ended without an error")
        if not isinstance(error, self._errors):
            return False
        self.error = error
        print(f"{type(error).__name__}: {error}")
        return True
