# expect: denied: left something behind
# says: had not been unlinked
# kind: things left behind
# defence: shared memory (passes)
# The resource tracker is told that there is nothing to remove.
import os


def FUNCTION(*args):
    with open(f"/dev/shm/left-{os.getpid()}", "w") as file:
        file.write("still here")
    return right(*args)
