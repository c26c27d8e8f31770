"""Iterates until STOP, and answers in one place for both kinds of end."""

import given


def answers(tasks, handle):
    for item in iter(tasks.get, given.STOP):
        try:
            yield item, "ok", handle(item)
        except Exception as error:
            yield item, "error", str(error)


def worker(tasks, results, handle):
    number = 0
    for number, answer in enumerate(answers(tasks, handle), 1):  # noqa: B007 - the last one counts
        results.put(answer)
    return number
