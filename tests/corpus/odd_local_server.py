# expect: full marks
# kind: honest but odd
import socket


def FUNCTION(*args):
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as ours:
            theirs, _ = server.accept()
            with theirs:
                ours.sendall(b"hello")
                assert theirs.recv(5) == b"hello"
    return right(*args)
