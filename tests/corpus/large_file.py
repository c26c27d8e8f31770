# expect: denied: raised
# says: a file may have 32 MB
# kind: resource flood
# defence: limits (passes)
import tempfile


def FUNCTION(*args):
    with tempfile.TemporaryFile() as file:
        for _ in range(40):
            file.write(bytes(2**20))
            file.flush()
    return right(*args)
