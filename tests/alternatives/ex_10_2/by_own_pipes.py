"""A pipe of its own for each child, and one wait for all pipes and all ends."""

from multiprocessing import connection

from given import ChildDied


class Box:
    def __init__(self, writer):
        self.writer = writer

    def put(self, pair):
        self.writer.send(pair)


def _start(ctx, target, index):
    reader, writer = ctx.Pipe(duplex=False)
    child = ctx.Process(target=target, args=(Box(writer), index))
    child.start()
    writer.close()
    return reader, child


def gather(ctx, target, n):
    crew = [_start(ctx, target, index) for index in range(n)]
    waiting = dict(enumerate(crew))
    results = {}
    dead = None
    while waiting and dead is None:
        connection.wait(
            [end for reader, child in waiting.values() for end in (reader, child.sentinel)]
        )
        for index, (reader, child) in list(waiting.items()):
            ended = child.exitcode is not None
            try:
                if reader.poll():
                    number, results[number] = reader.recv()
                    del waiting[index]
                    continue
            except EOFError:
                child.join()
                ended = True
            if ended and dead is None:
                dead = index, child.exitcode
    for reader, child in crew:
        if dead is not None:
            child.kill()
        child.join()
        reader.close()
    if dead is not None:
        raise ChildDied(*dead)
    return results
