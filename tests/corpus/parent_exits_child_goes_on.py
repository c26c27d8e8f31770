# expect: denied: crashed
# kind: early exit
# defence: boundary (passes)
# The child would serve the grader, with whom nobody has connected it any more.
import os


def FUNCTION(*args):
    if os.fork():
        os._exit(0)
    return "from the child"
