# expect: denied: raised, crashed
# kind: kill
# defence: boundary (no verdict)
import os
import signal


def FUNCTION(*args):
    os.kill(-1, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
