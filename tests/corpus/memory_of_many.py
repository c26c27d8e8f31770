# expect: denied: crashed, raised, wrong, left something behind, timed out
# kind: resource flood
# defence: limits (passes)
# No process is large; all of them together are.
import os
import signal


def FUNCTION(*args):
    children = []
    for _ in range(11):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            kept = bytearray(b"x") * (60 * 2**20)
            os.write(writer, kept[:1])
            signal.pause()
        os.close(writer)
        children.append((child, reader))
    came = [os.read(reader, 1) for _, reader in children]
    for child, reader in children:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return right(*args) if came == [b"x"] * 11 else "one of them is missing"
