"""A daemon thread joins the queue; the caller looks at it, and at the consumers, meanwhile."""

import threading
import time


def consume(q, handle):
    while True:
        _one(q.get(), q, handle)


def _one(item, q, handle):
    try:
        handle(item)
    except Exception as error:
        print("not handled:", repr(error))
    except BaseException:
        q.task_done()
        raise
    q.task_done()


def wait_done(q, consumers, limit):
    all_done = threading.Event()

    def join():
        q.join()
        all_done.set()

    threading.Thread(target=join, daemon=True).start()
    end = time.perf_counter() + limit
    while True:
        somebody_left = any(each.exitcode is not None for each in consumers)
        # A consumer that has left may have finished everything just before.
        left = end - time.perf_counter()
        if all_done.wait(0.1 if somebody_left else max(0.0, min(left, 0.02))):
            return True
        if somebody_left or left <= 0:
            return False
