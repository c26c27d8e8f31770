# expect: denied: wrong
# kind: kill
# defence: boundary (no verdict)
# In the sandbox the parent is PID 1, which does not hear it.
import os
import signal


def FUNCTION(*args):
    os.kill(os.getppid(), signal.SIGKILL)
    return "nobody can say that this is wrong"
