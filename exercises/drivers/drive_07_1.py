"""For exercise 07_1: calls `entry` with a default start method, and looks at it during and after."""

import multiprocessing
from collections.abc import Sequence
from types import ModuleType
from typing import Any


def entry(submission: ModuleType, default: str | None, argv: Sequence[str]) -> dict[str, Any]:
    """Call `entry`: which start methods the contexts of `run` stand for, and what the default is.

    Args:
        submission: has `entry`.
        default: the start method that was chosen before; None for none.
        argv: passed to it.
    """
    if default not in multiprocessing.get_all_start_methods():
        default = None
    contexts: list[object] = []
    defaults: list[str | None] = []

    def run(*args: object) -> int:
        defaults.append(multiprocessing.get_start_method(allow_none=True))
        contexts.append(_method(args[-1] if args else None))
        return 0

    multiprocessing.set_start_method(default, force=True)
    try:
        before = multiprocessing.get_start_method(allow_none=True)
        submission.entry(list(argv), lambda: None, lambda _: "parsed", run)
        after = multiprocessing.get_start_method(allow_none=True)
        return {"before": before, "during": defaults, "after": after, "contexts": contexts}
    finally:
        multiprocessing.set_start_method(None, force=True)


def _method(context: Any) -> object:
    """The start method of a context, or what it is instead."""
    ask = getattr(context, "get_start_method", None)
    return ask() if callable(ask) else f"an object of type {type(context).__name__}"
