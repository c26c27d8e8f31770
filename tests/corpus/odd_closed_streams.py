# expect: full marks
# kind: honest but odd
import sys

sys.stdin.close()


def FUNCTION(*args):
    sys.stdout.close()
    return right(*args)
