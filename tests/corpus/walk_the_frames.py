# expect: denied: wrong
# kind: verdict forgery
# defence: boundary (passes)
# Whoever compares in the same process has the right answer in a variable.
import sys


def FUNCTION(*args):
    frame = sys._getframe()
    while frame is not None:
        if "expected" in frame.f_locals:
            return frame.f_locals["expected"]
        frame = frame.f_back
