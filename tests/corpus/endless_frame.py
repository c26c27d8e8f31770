# expect: denied: crashed
# kind: protocol abuse
# defence: frames (grader's fault)
# A frame of four gigabytes is announced.
import os
import stat


def FUNCTION(*args):
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b"\xff\xff\xff\xff")
        except OSError:
            continue
    return right(*args)
