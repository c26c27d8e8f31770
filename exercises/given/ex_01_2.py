"""Given for exercise 01_2: a clock that moves only when somebody sleeps."""

from collections.abc import Sequence

__all__ = ["Clock"]


class Clock:
    """A virtual clock: hours pass in no time, and every run is the same.

    Like a real sleep, its sleep may take longer than asked.

    Args:
        overruns: how many seconds too long the first sleep takes, the second, and so on;
            sleeps after the last entry are exact.
        start: what the clock shows at the beginning.
    """

    def __init__(self, overruns: Sequence[float] = (), start: float = 1000.0) -> None:
        self._now = start
        self._overruns = iter(overruns)

    def now(self) -> float:
        """Return the time in seconds. Reading the clock takes no time."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock on by `seconds`, and by the overrun of this sleep.

        Raises:
            ValueError: when `seconds` is negative; the clock stays where it is.
        """
        if seconds < 0:
            raise ValueError(f"cannot sleep for {seconds!r} seconds")
        self._now += seconds + next(self._overruns, 0.0)
