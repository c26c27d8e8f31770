"""A pipe with two directions, one of them unused; waits for whoever ends first."""

from multiprocessing import connection


class OneEnd:
    def __init__(self, work, close):
        self.work = work
        self.close = close

    def __call__(self, end):
        self.close.close()
        self.work(end)


def pump(ctx, produce, consume):
    ours, theirs = ctx.Pipe()
    with ours, theirs:
        children = [
            ctx.Process(target=OneEnd(consume, theirs), args=(ours,)),
            ctx.Process(target=OneEnd(produce, ours), args=(theirs,)),
        ]
        for child in children:
            child.start()
    waiting = {child.sentinel: child for child in children}
    while waiting:
        for sentinel in connection.wait(waiting):
            waiting.pop(sentinel).join()
    consumed, produced = (child.exitcode for child in children)
    return produced, consumed
