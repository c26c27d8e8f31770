# expect: denied: crashed
# kind: early exit
# defence: boundary (passes)
import os
import threading


def FUNCTION(*args):
    threading.Thread(target=os._exit, args=(0,)).start()
    threading.Event().wait()
