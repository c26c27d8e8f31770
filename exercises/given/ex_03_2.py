"""Given for exercise 03_2: two exceptions to raise, and two small functions to call in a child."""

__all__ = ["ChildFailed", "NotPortable", "boom", "square"]


class NotPortable(Exception):
    """A function or an argument cannot travel to a spawned child; the text names it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)


class ChildFailed(Exception):
    """A child gave no result; the text says why, as far as that is known."""

    def __init__(self, text: str) -> None:
        super().__init__(text)


def square(number: int) -> int:
    """Return the square of a number."""
    return number * number


def boom(text: str) -> None:
    """Raise a RuntimeError with this text."""
    raise RuntimeError(text)
