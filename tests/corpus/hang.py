# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import threading


def FUNCTION(*args):
    threading.Event().wait()
