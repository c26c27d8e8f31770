# expect: denied: left something behind
# kind: things left behind
# defence: left behind (passes)
import os
import signal


def FUNCTION(*args):
    child = os.fork()
    if child == 0:
        while True:
            os.kill(os.getpid(), signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)
    return right(*args)
