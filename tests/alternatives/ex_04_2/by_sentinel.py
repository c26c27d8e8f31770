"""Waits on the sentinel, sends the signals itself, and joins whatever has ended."""

import os
import signal
from multiprocessing import connection


def stop(proc, ask, grace):
    def send(number):
        os.kill(proc.pid, number)

    steps = [
        ("asked", ask, grace),
        ("terminated", lambda: send(signal.SIGTERM), grace),
        ("killed", lambda: send(signal.SIGKILL), None),
    ]
    taken = ""
    for taken, act, seconds in steps:  # noqa: B007 - the last one is the answer
        act()
        if connection.wait([proc.sentinel], seconds):
            break
    proc.join()
    return taken
