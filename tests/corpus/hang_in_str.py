# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
# Who wants to tell what was raised hangs as well.
import threading


class Quiet(Exception):
    def __str__(self):
        threading.Event().wait()


def FUNCTION(*args):
    raise Quiet
