"""A slice that ends before the last number.

caught-by: P1
methods: once
"""


def tell(numbers, say):
    """Tell each number and return their sum."""
    total = 0
    for number in numbers[0:-1]:
        say(number)
        total += number
    return total
