# expect: denied: raised
# says: /tmp and /dev/shm hold 64 MB each
# kind: resource flood
# defence: limits (passes)
import os


def FUNCTION(*args):
    names = [f"/dev/shm/flood-{number}" for number in range(4)]
    try:
        for name in names:
            with open(name, "wb") as file:
                file.write(bytes(20 * 2**20))
    finally:
        for name in names:
            if os.path.exists(name):
                os.unlink(name)
    return right(*args)
