# expect: denied: left something behind, timed out, too many processes, raised, crashed
# kind: unguarded spawning
# defence: left behind (passes)
# fits: processes
# seconds: 3
# Each worker of the pool imports this file, fails, and is replaced, without end.
import multiprocessing

POOL = multiprocessing.get_context("spawn").Pool(2)
ANSWERS = POOL.map(abs, range(3))


def FUNCTION(*args):
    return right(*args)
