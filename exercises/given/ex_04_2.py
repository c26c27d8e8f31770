"""Given for exercise 04_2: three children that end in three ways, and a bell to ask them with.

None of them outlives the process that started it.
"""

import multiprocessing
import os
import signal
import sys
from multiprocessing.context import BaseContext
from types import FrameType

__all__ = ["Bell", "deaf", "polite", "stubborn"]


class Bell:
    """A line between a parent and one child: the parent rings, the child hears it.

    Args:
        ctx: the context that makes the child.
    """

    def __init__(self, ctx: BaseContext) -> None:
        # Pipes and no Event: the child may be killed while it waits, and an Event would
        # then wait for ever for the dead child to wake up.
        self._parents_end, self._childs_end = ctx.Pipe()

    def ring(self) -> None:
        """Ask the child to end; for the parent. Returns at once."""
        self._parents_end.send("ring")

    def wait_until_ready(self) -> None:
        """Wait until the child can be asked and has arranged its signals; for the parent."""
        self._parents_end.recv()

    def ready(self) -> None:
        """Let the parent know that all is arranged; for the child."""
        self._childs_end.send("ready")

    def wait(self) -> None:
        """Wait for the ring; for the child."""
        self._childs_end.recv()

    def say(self, text: str) -> None:
        """Print a line; for the child."""
        sys.stdout.write(f"   {multiprocessing.current_process().name} says: {text}\n")
        sys.stdout.flush()


def polite(bell: Bell, words: str = "goodbye") -> None:
    """Wait for the ring, say last words and return. SIGTERM ends it at once, without words."""
    bell.ready()
    bell.wait()
    bell.say("I hear you")
    bell.say(words)


def deaf(bell: Bell) -> None:
    """Hear no ring. SIGTERM ends it, after a moment that it needs to tidy up."""

    def tidy_up(number: int, frame: FrameType | None) -> None:
        bell.say("SIGTERM")
        # Tidied up: now let the signal do what it does to everybody else.
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, tidy_up)
    bell.ready()
    _stay()


def stubborn(bell: Bell) -> None:
    """Hear no ring and ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    bell.ready()
    _stay()


def _stay() -> None:
    """Wait as long as the parent lives."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "this is for child processes"
    parent.join()
