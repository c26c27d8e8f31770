# expect: denied: wrong
# kind: unwatched only
# defence: one worker (passes)
# The first look is quick; who calls again has time.
import time

BEGAN = []


def FUNCTION(*args):
    BEGAN.append(time.monotonic())
    return right(*args) if len(BEGAN) < 2 or BEGAN[-1] == BEGAN[0] else "caught nothing"
