# expect: full marks
# kind: honest but odd
# fits: tell
import multiprocessing


def FUNCTION(*args):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        answer = pool.apply(right, args)
        pool.close()
        pool.join()
    return answer
