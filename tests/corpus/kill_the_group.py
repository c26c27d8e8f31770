# expect: denied: crashed
# kind: kill
# defence: boundary (no verdict)
import os
import signal


def FUNCTION(*args):
    os.killpg(0, signal.SIGKILL)
