"""``show``: a picture or a table where one can be seen, text everywhere else.

Standard library only, and cheap: every process of a lesson imports this.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

_PROCESS = os.getpid()
"""The process that imported this first; a forked child is another one."""

deliver: Callable[[dict[str, str]], None] | None = None
"""Takes the forms of an object to whoever records this lesson; set by the recorder alone."""


def show(thing: object) -> None:
    """Show an object in its best form.

    The reading copy has its picture (``_repr_svg_``, ``_repr_png_``, ``savefig``) or its
    ``_repr_html_``. A terminal has ``print(thing)``, and so has a child process.
    """
    if os.getpid() == _PROCESS:
        if deliver is not None and len(pictures := forms(thing)) > 1:
            deliver(pictures)
            return
        kernel = sys.modules.get("IPython")
        if kernel is not None and kernel.get_ipython() is not None:
            kernel.display.display(thing)
            return
    print(thing)


def forms(thing: object) -> dict[str, str]:
    """All forms of an object, by media type; pictures that are bytes as base64.

    ``text/plain`` is always among them.
    """
    found = {"text/plain": str(thing)}
    for media, method in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
        text = _call(thing, method)
        if isinstance(text, str):
            found[media] = text
    picture = _call(thing, "_repr_png_")
    if picture is None and callable(getattr(thing, "savefig", None)):
        picture = _saved(thing)
    if isinstance(picture, bytes):
        import base64

        found["image/png"] = base64.b64encode(picture).decode("ascii")
    return found


def _call(thing: object, method: str) -> object:
    bound = getattr(thing, method, None)
    return bound() if callable(bound) else None


def _saved(thing: object) -> bytes:
    """What ``savefig`` writes, as matplotlib's figures have it."""
    import io

    file = io.BytesIO()
    thing.savefig(file, format="png")  # type: ignore[attr-defined]
    return file.getvalue()
