# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
# No other thread of the process has a turn, and no signal handler.
import re


def FUNCTION(*args):
    re.match("(a+)+$", "a" * 60 + "b")
