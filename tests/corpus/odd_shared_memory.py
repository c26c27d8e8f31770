# expect: full marks
# kind: honest but odd
from multiprocessing import shared_memory


def FUNCTION(*args):
    block = shared_memory.SharedMemory(create=True, size=4096)
    block.buf[0] = 7
    answer = right(*args)
    block.close()
    block.unlink()
    return answer
