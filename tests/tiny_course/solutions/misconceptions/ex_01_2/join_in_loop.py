"""Joining inside the start loop runs them one after another.

caught-by: P1
methods: fork spawn forkserver
"""


def end_each(ctx, target, numbers):
    """Run target(number) in one process per number; return the exit codes."""
    codes = []
    for number in numbers:
        child = ctx.Process(target=target, args=(number,))
        child.start()
        child.join()
        codes.append(child.exitcode)
    return codes
