# expect: denied: too many processes
# says: processes at once
# kind: resource flood
# defence: limits (passes)
import os
import signal
import time


def FUNCTION(*args):
    children = []
    for _ in range(120):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
    time.sleep(0.4)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return right(*args)
