# expect: denied: left something behind
# kind: things left behind
# defence: end (passes)
# fits: processes
# As before, with the tracker's command line; but a tracker ends when its owner does.
import subprocess
import sys
from multiprocessing import resource_tracker

KEPT = []
CODE = "import signal\nwhile True: signal.pause()"


def FUNCTION(*args):
    if not KEPT:
        words = [sys.executable, "-c", CODE, "multiprocessing.resource_tracker"]
        KEPT.append(subprocess.Popen(words, start_new_session=True))
        resource_tracker._resource_tracker._pid = KEPT[0].pid
    return right(*args)
