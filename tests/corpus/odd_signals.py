# expect: full marks
# kind: honest but odd
# A clock of its own ticks while it works, and is stopped.
import signal

TICKS = []


def FUNCTION(*args):
    before = signal.signal(signal.SIGALRM, lambda *_: TICKS.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    try:
        return right(*args)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
