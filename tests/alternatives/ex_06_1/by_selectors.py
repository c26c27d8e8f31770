"""Reads the pipe itself, a piece at a time; asks politely first, and waits by a pause."""

import os
import selectors
import signal
import subprocess
import time


def run_tree(cmd, limit):
    end = time.monotonic() + limit
    program = subprocess.Popen(list(cmd), stdout=subprocess.PIPE, preexec_fn=os.setsid)
    pieces = []
    with program.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        at_end = _read(selector, pipe, pieces, end)
        while program.poll() is None and at_end and time.monotonic() < end:
            time.sleep(0.005)
        late = not at_end or program.poll() is None
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(program.pid, number)
            except ProcessLookupError:
                break
            at_end = at_end or _read(selector, pipe, pieces, time.monotonic() + 0.5)
        at_end or _read(selector, pipe, pieces, float("inf"))
    program.wait()
    return b"".join(pieces), late


def _read(selector, pipe, pieces, end):
    while (left := end - time.monotonic()) > 0:
        if selector.select(min(left, 1.0)):
            piece = os.read(pipe.fileno(), 4096)
            if not piece:
                return True
            pieces.append(piece)
    return False
