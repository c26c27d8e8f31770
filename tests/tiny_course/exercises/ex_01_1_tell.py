"""Exercise 01_1 · Tell each number ★

Call say(number) once for every number, in the order of the list, and return the sum of all.
The list stays as it was; it may be empty.

Example: tell([3, 1], say) says 3, then 1, and returns 4.
"""

from collections.abc import Callable

from given import say


def tell(numbers: list[int], say: Callable[[int], None]) -> int:
    """Tell each number and return their sum.

    Args:
        numbers: what to tell.
        say: takes one number.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("say each number, return the sum")


if __name__ == "__main__":
    print("got", tell([3, 1], say), "  expected 4")
