"""Given for exercise 07_1: doubles of freeze, parse and run."""

from collections.abc import Callable
from multiprocessing.context import BaseContext

__all__ = ["Doubles", "freeze_in_child"]


class Doubles:
    """Three functions that start nothing and parse nothing: they note that they were called.

    Args:
        child: the exit code of the packaged child in which freeze finds itself;
            None: this is no child.

    Attributes:
        calls: what was called, in order.
    """

    def __init__(self, child: int | None = None) -> None:
        self.calls: list[str] = []
        self._child = child

    def freeze(self) -> None:
        """Do nothing; in a packaged child, end it."""
        if self._child is None:
            self._note_freeze()
        else:
            freeze_in_child(self._note_freeze, self._child)

    def _note_freeze(self) -> None:
        self.calls.append("freeze()")

    def parse(self, argv: list[str]) -> object:
        """Return something that only `run` understands."""
        self.calls.append(f"parse({argv!r})")
        return f"{len(argv)} words"

    def run(self, parsed: object, ctx: BaseContext) -> int:
        """Do nothing, with exit code 7."""
        self.calls.append(f"run({parsed}, {ctx.get_start_method()})")
        return 7

    def all(self) -> tuple[Callable[[], None], Callable[..., object], Callable[..., int]]:
        """All three, in the order in which entry takes them."""
        return self.freeze, self.parse, self.run


def freeze_in_child(note: Callable[[], object], code: object) -> None:
    """What freeze does in a packaged child: the child's work, here only a note, and then the end.

    Raises:
        SystemExit: always, with this code.
    """
    note()
    raise SystemExit(code)
