# expect: denied: raised
# says: 512 files open
# kind: resource flood
# defence: limits (passes)
import os


def FUNCTION(*args):
    kept = []
    try:
        for _ in range(700):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    finally:
        for each in kept:
            os.close(each)
    return right(*args)
