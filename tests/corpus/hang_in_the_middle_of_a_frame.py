# expect: denied: timed out, crashed
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import os
import signal
import stat


def FUNCTION(*args):
    for number in range(3, 100):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b"\0\0\1\0{")
        except OSError:
            continue
    while True:
        signal.pause()
