# expect: denied: wrong
# kind: kill
# defence: boundary (no verdict)
import os
import signal


def FUNCTION(*args):
    for number in range(1, os.getpid()):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass
    return "nobody can say that this is wrong"
