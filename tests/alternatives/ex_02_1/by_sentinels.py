"""Waits for whoever ends first, and keeps each code at the place of its child."""

from multiprocessing import connection


def run_all(ctx, target, arglists, names):
    codes = [None] * len(arglists)
    started = {}
    for place, args in enumerate(arglists):
        child = ctx.Process(target=target, args=tuple(args))
        child.name = names[place]
        child.start()
        started[child.sentinel] = place, child
    while started:
        for sentinel in connection.wait(list(started)):
            place, child = started.pop(sentinel)
            child.join()
            codes[place] = child.exitcode
            child.close()
    return codes
