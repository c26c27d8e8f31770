# expect: denied: left something behind
# kind: things left behind
# defence: helpers (passes)
# fits: processes
# Fork server and tracker of multiprocessing may live on, so a child takes the tracker's name.
import os
import signal
from multiprocessing import resource_tracker

KEPT = []


def FUNCTION(*args):
    if not KEPT:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                signal.pause()
        KEPT.append(child)
        resource_tracker._resource_tracker._pid = child
    return right(*args)
