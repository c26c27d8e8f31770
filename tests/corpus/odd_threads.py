# expect: full marks
# kind: honest but odd
# fits: tell, waiting_times
from concurrent.futures import ThreadPoolExecutor


def FUNCTION(*args):
    with ThreadPoolExecutor(3) as pool:
        return pool.submit(right, *args).result()
