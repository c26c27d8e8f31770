# expect: denied: timed out
# kind: hang
# defence: stacks (slow)
# seconds: 1
# Asked one after the other where they stand, they would all use up their time.
import os
import signal


def deaf(*_):
    pass


def FUNCTION(*args):
    signal.signal(signal.SIGABRT, deaf)
    for _ in range(40):
        if os.fork() == 0:
            break
    while True:
        signal.pause()
