# expect: denied: too many processes, timed out
# kind: resource flood
# defence: boundary (floods)
# seconds: 3
# More writers than readers: the pipe is always full, whoever reads is never done.
import os


def FUNCTION(*args):
    for _ in range(6):
        if os.fork() == 0:
            break
    while True:
        os.write(2, b"y" * 65536)
