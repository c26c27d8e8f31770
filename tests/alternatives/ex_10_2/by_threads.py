"""A thread for each child takes its answer from a queue of its own, or learns of its end."""

import queue
import threading

from given import ChildDied


class _Box:
    def __init__(self, ctx):
        self.reader, self.writer = ctx.Pipe(duplex=False)

    def put(self, pair):
        self.writer.send(pair)

    def take(self):
        return self.reader.recv()[1]


def _wait_for(child, box, index, news):
    while not box.reader.poll(0.1):
        if not child.is_alive() and not box.reader.poll():
            news.put((index, None, child.exitcode))
            return
    news.put((index, box.take(), None))


def gather(ctx, target, n):
    boxes = [_Box(ctx) for _ in range(n)]
    children = [ctx.Process(target=target, args=(box, i)) for i, box in enumerate(boxes)]
    for child in children:
        child.start()
    news = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_wait_for, args=(child, box, index, news))
        for index, (child, box) in enumerate(zip(children, boxes, strict=True))
    ]
    for thread in threads:
        thread.start()
    results = {}
    died = None
    while len(results) < n and died is None:
        index, result, code = news.get()
        if code is None:
            results[index] = result
        else:
            died = ChildDied(index, code)
            for child in children:
                child.terminate()
    for each in (*threads, *children):
        each.join()
    if died is not None:
        raise died
    return results
