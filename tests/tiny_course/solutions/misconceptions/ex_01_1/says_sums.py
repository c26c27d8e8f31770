"""Tells how far the sum has come.

caught-by: P2
methods: once
"""


def tell(numbers, say):
    """Tell each number and return their sum."""
    total = 0
    for number in numbers:
        total += number
        say(total)
    return total
