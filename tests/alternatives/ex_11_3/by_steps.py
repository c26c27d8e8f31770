"""Waits on the consumers in steps that grow; the answer comes from one function."""

from multiprocessing.connection import wait
from time import monotonic

from given import unfinished


def consume(q, handle):
    item = q.get()
    try:
        handle(item)
    except Exception:
        pass
    finally:
        q.task_done()
    while True:  # the first one is done; the others are no different
        consume(q, handle)


def wait_done(q, consumers, limit):
    until = monotonic() + limit
    step = 0.001

    def done():
        return unfinished(q) == 0

    while not done() and monotonic() < until:
        if wait([each.sentinel for each in consumers], timeout=min(step, until - monotonic())):
            break
        step = min(2 * step, 0.25)
    return done()
