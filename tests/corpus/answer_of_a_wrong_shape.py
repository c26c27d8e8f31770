# expect: denied: crashed
# kind: protocol abuse
# defence: frames (grader's fault)
import sys

wire = sys.modules["kit.wire"]
real = wire.frame


def FUNCTION(*args):
    wire.frame = lambda data: real({"raised": [1], "after": 7, "helpers": ["a"], "threads": {}})
    return right(*args)
