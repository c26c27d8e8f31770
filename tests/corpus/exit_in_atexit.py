# expect: denied: wrong
# kind: early exit
# defence: boundary (passes)
# A wrong answer, and an exit code that says that all is well.
import atexit
import os

atexit.register(os._exit, 0)


def FUNCTION(*args):
    return "nothing"
