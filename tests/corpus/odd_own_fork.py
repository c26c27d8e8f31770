# expect: full marks
# kind: honest but odd
# The work is done by a child, which sends its answer through a pipe.
import os
import pickle


def FUNCTION(*args):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with open(writer, "wb") as pipe:
            pickle.dump(right(*args), pipe)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        answer = pickle.load(pipe)
    os.waitpid(child, 0)
    return answer
