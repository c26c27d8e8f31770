# expect: denied: wrong
# kind: early exit
# defence: boundary (passes)
# Whoever shows the wrong answer to a reader ends.
import os


class Answer:
    def __repr__(self):
        os._exit(0)


def FUNCTION(*args):
    return Answer()
