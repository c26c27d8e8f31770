"""Asks for the items itself, and counts by the places it has found."""

from queue import Full

from given import Backlog

_NOTHING = object()


def feed(q, items, limit):
    supply = iter(items)
    count = 0
    while (item := next(supply, _NOTHING)) is not _NOTHING:
        if not _placed(q, item, limit):
            raise Backlog(count)
        count += 1
    return count


def _placed(q, item, limit):
    try:
        q.put(item, True, limit)
    except Full:
        return False
    return True
