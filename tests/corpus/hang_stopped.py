# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import os
import signal


def FUNCTION(*args):
    os.kill(os.getpid(), signal.SIGSTOP)
