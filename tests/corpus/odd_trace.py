# expect: full marks
# kind: honest but odd
import gc
import sys

LINES = []


def trace(frame, event, argument):
    LINES.append(event)
    return trace


def FUNCTION(*args):
    gc.disable()
    sys.settrace(trace)
    try:
        return right(*args)
    finally:
        sys.settrace(None)
