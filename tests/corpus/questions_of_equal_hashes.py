# expect: denied: wrong
# kind: protocol abuse
# defence: wire (slow)
# fits: tell, run_all, end_each
# Sets of integers with the same hash are built in quadratic time: in the grader's process.
import os
import socket
import sys


def FUNCTION(*args):
    from kit import wire

    path = os.environ["GRADER_WITNESS"].partition(":")[2]
    numbers = [{"i": hex(n * (2**61 - 1))} for n in range(1, 7000)]
    body = wire.frame({"to": 1, "do": "__call__", "args": [{"s": numbers}], "process": "x"})
    for _ in range(30):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            connection.sendall(body)
            connection.recv(1)
    return sys.version
