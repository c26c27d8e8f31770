# expect: denied: left something behind, too many processes
# kind: things left behind
# defence: left behind (passes)
import os


def FUNCTION(*args):
    for _ in range(5):
        if os.fork() == 0:
            os._exit(0)
    return right(*args)
