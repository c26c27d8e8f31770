"""Each worker pickles its own answers and sends them through a pipe of its own."""

import pickle
from multiprocessing import connection

from given import STOP


class Crew:
    def __init__(self, ctx, handle, n):
        self.tasks = ctx.Queue(n + 3)
        self.lines = []
        self.people = []
        for _ in range(n):
            ours, theirs = ctx.Pipe(duplex=False)
            person = ctx.Process(target=_labour, args=(self.tasks, theirs, handle))
            person.start()
            theirs.close()
            self.lines.append(ours)
            self.people.append(person)

    def news(self):
        for line in connection.wait(self.lines):
            yield pickle.loads(line.recv_bytes())

    def send_home(self):
        for _ in self.people:
            self.tasks.put(STOP)
        for person, line in zip(self.people, self.lines, strict=True):
            person.join()
            line.close()
        self.tasks.close()
        self.tasks.join_thread()


def _labour(tasks, line, handle):
    while (task := tasks.get()) is not STOP:
        place, item = task
        try:
            news = place, handle(item), None
        except Exception as error:
            news = place, None, error
        line.send_bytes(pickle.dumps(news))


def fan_out(ctx, items, handle, n):
    crew = Crew(ctx, handle, n)
    values, errors = [None] * len(items), {}
    sent = heard = 0
    while heard < len(items):
        while sent < len(items) and sent - heard < n + 3:
            crew.tasks.put((sent, items[sent]))
            sent += 1
        for place, value, error in crew.news():
            heard += 1
            values[place] = value
            if error:
                errors[place] = error
    crew.send_home()
    if errors:
        raise errors[min(errors)]
    return values
