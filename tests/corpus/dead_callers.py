# expect: denied: wrong
# kind: verdict forgery
# defence: living callers (passes)
# fits: end_each P1, run_all P1
# One after the other connects, asks to be let in and dies; the parent keeps their connections.
import os
import socket

KEPT = []


def FUNCTION(ctx, target, arglists, *names):
    for args in arglists:
        knock(args[0] if isinstance(args, tuple) else args)
    for number in KEPT:
        os.read(number, 1)
    return [0] * len(arglists)


def knock(place):
    from kit import wire

    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        path = os.environ["GRADER_WITNESS"].partition(":")[2]
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        question = {"token": "", "to": place._number, "do": "wait", "args": [], "process": "x"}
        connection.sendall(wire.frame(question))
        socket.send_fds(theirs, [b"!"], [connection.fileno()])
        os._exit(0)
    KEPT.extend(socket.recv_fds(ours, 1, 1)[1])
    os.waitpid(child, 0)
