"""Looks again and again without a pause: wasteful, and right."""

import contextlib
import time

import given


@contextlib.contextmanager
def _reported(q):
    try:
        yield
    finally:
        q.task_done()


def consume(q, handle):
    for item in iter(q.get, object()):
        with _reported(q), contextlib.suppress(Exception):
            handle(item)


def wait_done(q, consumers, limit):
    start = time.time()
    while given.unfinished(q) != 0:
        dead = [each for each in consumers if not each.is_alive()]
        if dead or time.time() - start > limit:
            return given.unfinished(q) == 0
    return True
