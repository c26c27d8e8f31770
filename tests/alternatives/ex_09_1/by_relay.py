"""Two pipes: a third process carries the bytes of every message from one to the other.

The caller looks again and again whether all have ended, and never blocks.
"""

import time


def use(work, end, *others):
    for each in others:
        each.close()
    work(end)


def carry(source, target, *others):
    for each in others:
        each.close()
    try:
        while True:
            if source.poll(0.1):
                target.send_bytes(source.recv_bytes())
    except EOFError:
        target.close()


def pump(ctx, produce, consume):
    into = ctx.Pipe(duplex=False)
    out = ctx.Pipe(duplex=False)
    children = [
        ctx.Process(target=carry, args=(into[0], out[1], into[1], out[0])),
        ctx.Process(target=use, args=(consume, out[0], out[1], *into)),
        ctx.Process(target=use, args=(produce, into[1], into[0], *out)),
    ]
    for child in children:
        child.start()
    for end in (*into, *out):
        end.close()
    while any(child.is_alive() for child in children):
        time.sleep(0.01)
    return children[2].exitcode, children[1].exitcode
