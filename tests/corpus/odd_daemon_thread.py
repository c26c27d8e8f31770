# expect: full marks
# kind: honest but odd
# It lives as long as its process.
import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()


def FUNCTION(*args):
    return right(*args)
