# expect: denied: wrong
# kind: kill
# defence: boundary (no verdict)
import os
import signal


def FUNCTION(*args):
    os.kill(os.getppid(), signal.SIGSTOP)
    return "nobody can say that this is wrong"
