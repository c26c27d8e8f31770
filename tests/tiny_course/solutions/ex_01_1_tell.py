"""Exercise 01_1: one loop."""

from collections.abc import Callable


def tell(numbers: list[int], say: Callable[[int], None]) -> int:
    """Tell each number and return their sum."""
    for number in numbers:
        say(number)
    return sum(numbers)
