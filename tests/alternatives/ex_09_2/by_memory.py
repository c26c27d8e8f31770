"""Keeps every answer that comes, takes all that is there at once, and notes the end for later."""

import secrets
from multiprocessing.connection import wait
from time import perf_counter


class Asker:
    def __init__(self, conn):
        self.conn = conn
        self.answers = {}
        self.over = False

    def take_all(self):
        try:
            while self.conn.poll():
                number, answer = self.conn.recv()
                self.answers.setdefault(number, answer)
        except (EOFError, ConnectionError):
            self.over = True

    def ask(self, request, limit):
        begun = perf_counter()
        number = -secrets.randbits(40)
        if self.over:
            raise ConnectionAbortedError
        self.conn.send((number, request))
        while True:
            self.take_all()
            if number in self.answers:
                return self.answers.pop(number)
            if self.over:
                raise ConnectionAbortedError("no more answers")
            left = begun + limit - perf_counter()
            if left <= 0 or not wait([self.conn], left):
                raise TimeoutError
