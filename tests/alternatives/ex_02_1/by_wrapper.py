"""Wraps the target: the child gives itself its name, and ends with an exit code of its own making.

The Process objects know neither the target nor the name nor the arguments as they were given.
"""

import multiprocessing as mp
import sys
import traceback


def play(script):
    mp.current_process().name = script["name"]
    try:
        script["what"](*script["with"])
    except Exception:
        traceback.print_exc()
        sys.exit(1)


def run_all(ctx, target, arglists, names):
    def cast():
        for args, name in zip(arglists, names, strict=True):
            child = ctx.Process(
                target=play, kwargs={"script": {"what": target, "with": args, "name": name}}
            )
            child.start()
            yield child

    children = list(cast())
    while any(child.is_alive() for child in children):
        children[-1].join()
        for child in children:
            child.join()
    return [child.exitcode for child in children]
