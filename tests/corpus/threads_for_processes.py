# expect: denied: wrong
# kind: serial
# defence: kernel names callers (passes)
# fits: end_each P1, run_all P1
# The threads of one process come to the meeting point, each with a pid of its own making.
import os
import threading


def FUNCTION(ctx, target, arglists, *names):
    local, real = threading.local(), os.getpid
    os.getpid = lambda: getattr(local, "pid", real())

    def run(args, pid):
        local.pid = pid
        target(*args) if isinstance(args, tuple) else target(args)

    threads = [
        threading.Thread(target=run, args=(args, real() + 1 + number), daemon=True)
        for number, args in enumerate(arglists)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.getpid = real
    return [0] * len(arglists)
