"""Waits without a pause, on a core of its own: wasteful, and right."""

import time


def stop(proc, ask, grace):
    ask()
    for step, force in (("asked", proc.terminate), ("terminated", proc.kill)):
        end = time.perf_counter() + grace
        while proc.exitcode is None and time.perf_counter() < end:
            pass
        if proc.exitcode is not None:
            return step
        force()
    proc.join()
    return "killed"
