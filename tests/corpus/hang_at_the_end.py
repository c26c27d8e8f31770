# expect: denied: left something behind
# kind: hang
# defence: end (passes)
# Every answer is right; but the process does not end when it is asked to.
import multiprocessing.util
import signal


def stay():
    while True:
        signal.pause()


multiprocessing.util.Finalize(None, stay, exitpriority=1)


def FUNCTION(*args):
    return right(*args)
