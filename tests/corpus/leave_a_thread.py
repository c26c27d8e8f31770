# expect: denied: left something behind
# kind: things left behind
# defence: left behind (passes)
import threading


def FUNCTION(*args):
    threading.Thread(target=threading.Event().wait).start()
    return right(*args)
