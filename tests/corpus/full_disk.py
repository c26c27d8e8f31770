# expect: denied: raised
# says: /tmp and /dev/shm hold 64 MB each
# kind: resource flood
# defence: limits (passes)
import os
import tempfile


def FUNCTION(*args):
    with tempfile.TemporaryDirectory() as folder:
        for number in range(4):
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(bytes(20 * 2**20))
    return right(*args)
