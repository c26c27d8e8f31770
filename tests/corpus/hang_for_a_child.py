# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import os
import signal


def FUNCTION(*args):
    child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    os.waitpid(child, 0)
