# expect: full marks
# kind: honest but odd
# A child becomes a daemon the old way, does its work and ends; somebody waits for it.
import os


def FUNCTION(*args):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(reader)
        os._exit(0)
    os.close(writer)
    os.wait()
    assert os.read(reader, 1) == b""
    os.close(reader)
    return right(*args)
