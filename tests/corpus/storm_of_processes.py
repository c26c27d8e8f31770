# expect: denied: too many processes
# says: processes at once
# kind: resource flood
# defence: boundary (no verdict)
# Everyone forks as fast as it can, as often as it may.
import os


def FUNCTION(*args):
    while True:
        try:
            os.fork()
        except OSError:
            pass
