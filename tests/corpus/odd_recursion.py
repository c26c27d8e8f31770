# expect: full marks
# kind: honest but odd
import sys

sys.setrecursionlimit(20_000)


def count(number):
    return number and 1 + count(number - 1)


def FUNCTION(*args):
    assert count(5000) == 5000
    return right(*args)
