"""A thread feeds, the caller reads; one STOP for each worker comes last through the same thread."""

import threading

STOP = None  # every task is a tuple, so this is none


def _serve(inbox, outbox, handle):
    for place, item in iter(inbox.get, STOP):
        try:
            outbox.put((place, True, handle(item)))
        except Exception as error:
            outbox.put((place, False, error))


def fan_out(ctx, items, handle, n):
    inbox, outbox = ctx.Queue(maxsize=1), ctx.SimpleQueue()
    team = [ctx.Process(target=_serve, args=(inbox, outbox, handle), daemon=True)]
    team += [ctx.Process(target=_serve, args=(inbox, outbox, handle)) for _ in range(1, n)]
    for member in team:
        member.start()

    def feed():
        for task in enumerate(items):
            inbox.put(task)
        for _ in team:
            inbox.put(STOP)

    feeder = threading.Thread(target=feed)
    feeder.start()
    answers = sorted((outbox.get() for _ in items), key=lambda answer: answer[0])
    feeder.join()
    for member in team:
        member.join()
        member.close()
    inbox.close()
    inbox.join_thread()
    outbox.close()
    for _, fine, error in answers:
        if not fine:
            raise error
    return [value for _, _, value in answers]
