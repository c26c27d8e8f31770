# expect: denied: crashed
# kind: kill
# defence: boundary (no verdict)
import os
import signal


def FUNCTION(*args):
    os.kill(os.getpid(), signal.SIGKILL)
