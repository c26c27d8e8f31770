"""Defensive: does not ask the dead, and looks every few milliseconds until the time is up."""

import time


def _ended(proc, seconds):
    until = time.monotonic() + seconds
    while proc.is_alive():
        if time.monotonic() >= until:
            return False
        time.sleep(0.005)
    return True


def stop(proc, ask, grace):
    if proc.is_alive():
        ask()
    if _ended(proc, grace):
        return "asked"
    proc.terminate()
    if _ended(proc, grace):
        return "terminated"
    proc.kill()
    while proc.exitcode is None:
        proc.join(1)
    return "killed"
