# expect: full marks
# kind: honest but odd
import sys


def FUNCTION(*args):
    for number in range(200):
        print("step", number, "x" * 5000)
        sys.stderr.write("\x1b[31mred\x1b[0m\r")
    return right(*args)
