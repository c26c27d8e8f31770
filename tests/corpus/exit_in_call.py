# expect: denied: crashed
# kind: early exit
# defence: boundary (passes)
import os


def FUNCTION(*args):
    os._exit(0)
