"""One item, then the rest of them; STOP is known by its class as well."""

from given import STOP


def _answer(item, handle):
    kind, text = "ok", None
    try:
        text = handle(item)
    except Exception as trouble:
        kind, text = "error", str(trouble)
    return (item, kind, text)


def worker(tasks, results, handle):
    item = tasks.get(True, None)
    if item.__class__ is type(STOP):
        return 0
    results.put_nowait(_answer(item, handle))
    return 1 + worker(tasks, results, handle)
