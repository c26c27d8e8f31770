# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import signal


def FUNCTION(*args):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        signal.sigwait({signal.SIGUSR1})
