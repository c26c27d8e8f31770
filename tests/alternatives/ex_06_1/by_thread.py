"""A thread reads all the time; a timer ends the group, and says so."""

import contextlib
import os
import signal
import threading
from subprocess import PIPE, Popen


def run_tree(cmd, limit):
    late = threading.Event()
    over = threading.Event()
    with Popen(cmd, stdout=PIPE, start_new_session=True) as program:

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)

        def watch():
            if not over.wait(limit):
                late.set()
                end()

        watcher = threading.Thread(target=watch)
        watcher.start()
        output = program.stdout.read()
        # Not reaped yet: until then the number of the group belongs to nobody else.
        os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        over.set()
        watcher.join()
        end()
    return output, late.is_set()
