"""Takes the numbers out of the caller's list.

caught-by: P1
methods: once
"""


def tell(numbers, say):
    """Tell each number and return their sum."""
    total = 0
    while numbers:
        number = numbers.pop(0)
        say(number)
        total += number
    return total
