"""Workers without an end, terminated when the count of unfinished items is zero.

Stops handing out items after the first error that it hears of; those before it are out already.
"""


def _toil(tasks, done, handle):
    while True:
        place, item = tasks.get()
        try:
            outcome = ("fine", handle(item))
        except Exception as error:
            outcome = ("bad", error)
        done.put((place, outcome))
        tasks.task_done()


def fan_out(ctx, items, handle, n):
    tasks, done = ctx.JoinableQueue(), ctx.SimpleQueue()
    toilers = [
        ctx.Process(target=_toil, args=(tasks, done, handle), daemon=True, name=f"toiler {place}")
        for place in range(n)
    ]
    outcomes = {}
    out = 0
    try:
        for each in toilers:
            each.start()
        while len(outcomes) < out or out < len(items):
            broken = any(kind == "bad" for kind, _ in outcomes.values())
            while not broken and out < len(items) and out - len(outcomes) < 2 * n:
                tasks.put((out, items[out]))
                out += 1
            if len(outcomes) == out:
                break
            place, outcome = done.get()
            outcomes[place] = outcome
        tasks.join()
    finally:
        for each in toilers:
            each.terminate()
            each.join()
        tasks.close()
        tasks.join_thread()
        done.close()
    for place in sorted(outcomes):
        kind, value = outcomes[place]
        if kind == "bad":
            raise value
    return [outcomes[place][1] for place in range(len(items))]
