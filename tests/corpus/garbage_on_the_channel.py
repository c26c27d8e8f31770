# expect: denied: crashed
# kind: protocol abuse
# defence: frames (grader's fault)
import os
import stat


def FUNCTION(*args):
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b"\0\0\0\7garbage")
        except OSError:
            continue
    return right(*args)
