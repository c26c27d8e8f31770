# expect: denied: wrong
# kind: hostile object
# defence: boundary (no verdict)
import threading


class Answer:
    def __repr__(self):
        threading.Event().wait()


def FUNCTION(*args):
    return Answer()
