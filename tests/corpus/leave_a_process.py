# expect: denied: left something behind
# kind: things left behind
# defence: left behind (passes)
import os
import signal


def FUNCTION(*args):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, b"!")
            signal.pause()
        os._exit(0)
    os.wait()
    os.read(reader, 1)
    os.close(reader)
    os.close(writer)
    return right(*args)
