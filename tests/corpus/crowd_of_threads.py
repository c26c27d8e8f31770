# expect: denied: raised
# says: 160 processes and threads
# kind: resource flood
# defence: limits (passes)
import threading


def FUNCTION(*args):
    over = threading.Event()
    threads = [threading.Thread(target=over.wait) for _ in range(200)]
    try:
        for thread in threads:
            thread.start()
    finally:
        over.set()
        for thread in threads:
            if thread.ident:
                thread.join()
    return right(*args)
