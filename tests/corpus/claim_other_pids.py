# expect: denied: wrong
# kind: verdict forgery
# defence: kernel names callers (passes)
# fits: end_each P1, run_all P1
# One process says that it is many.
import os
import socket


def FUNCTION(ctx, target, arglists, *names):
    from kit import wire

    kept = []
    path = os.environ["GRADER_WITNESS"].partition(":")[2]
    for number, args in enumerate(arglists):
        place = args[0] if isinstance(args, tuple) else args
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        question = {"token": "", "to": place._number, "do": "wait", "args": [], "process": "x"}
        connection.sendall(wire.frame({**question, "pid": os.getppid() + number}))
        kept.append(connection)
    for connection in kept:
        connection.recv(100)
        connection.close()
    return [0] * len(arglists)
