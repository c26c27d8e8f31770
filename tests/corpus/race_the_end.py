# expect: denied: left something behind, crashed, too many processes
# kind: things left behind
# defence: left behind (passes)
# A chain of processes, each of which forks the next and ends: there is hardly anyone to kill.
import os


def FUNCTION(*args):
    if os.fork() == 0:
        os.setsid()
        while True:
            if os.fork():
                os._exit(0)
    return right(*args)
