# expect: denied: left something behind
# says: port
# kind: things left behind
# defence: ports of all (passes)
# A process that is not dumpable shows nobody what it has open.
import ctypes
import socket

ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
KEPT = []


def FUNCTION(*args):
    if not KEPT:
        KEPT.append(socket.create_server(("127.0.0.1", 0)))
    return right(*args)
