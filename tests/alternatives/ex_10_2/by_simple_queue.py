"""One SimpleQueue; a helper thread tells it who has ended, behind what was put before."""

import functools
import threading
from multiprocessing import connection

from given import ChildDied

ENDED = "ended"


def _work(target, answers, index):
    target(_Tagged(answers), index)


class _Tagged:
    def __init__(self, answers):
        self.put = functools.partial(_put, answers)


def _put(answers, pair):
    answers.put(("answer", *pair))


def _watch(children, answers):
    left = {child.sentinel: (i, child) for i, child in enumerate(children)}
    while left:
        for sentinel in connection.wait(list(left)):
            index, child = left.pop(sentinel)
            child.join()
            answers.put((ENDED, index, child.exitcode))


def gather(ctx, target, n):
    answers = ctx.SimpleQueue()
    children = [ctx.Process(target=_work, args=(target, answers, i)) for i in range(n)]
    for child in children:
        child.start()
    watcher = threading.Thread(target=_watch, args=(children, answers))
    watcher.start()
    results, ended, died = {}, 0, None
    while ended < n:
        what, index, content = answers.get()
        if what != ENDED:
            results[index] = content
            continue
        ended += 1
        if index not in results and died is None:
            died = (index, content)
            for child in children:
                child.terminate()
    watcher.join()
    for child in children:
        child.join()
        child.close()
    answers.close()
    if died is not None:
        raise ChildDied(*died)
    return results
