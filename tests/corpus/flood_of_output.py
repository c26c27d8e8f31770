# expect: denied: too many processes
# says: It printed more than 64 MB
# kind: resource flood
# defence: limits (passes)
import os


def FUNCTION(*args):
    line = b"x" * 65535 + b"\n"
    for _ in range(1200):
        os.write(1, line)
    return right(*args)
