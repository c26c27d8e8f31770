"""Never waits for long: asks, looks around, asks again. Wasteful, and right."""

import queue
import time

from given import STOP


def worker(tasks, results, handle):
    done = []
    while True:
        if tasks.empty():
            time.sleep(0.001)
        try:
            item = tasks.get(timeout=0.01)
        except queue.Empty:
            continue
        if item is STOP:
            results.close()
            results.join_thread()
            return len(done)
        try:
            value = handle(item)
        except Exception as error:
            results.put((item, "error", f"{error}"))
        else:
            results.put((item, "ok", value), block=True, timeout=None)
        done.append(item)
