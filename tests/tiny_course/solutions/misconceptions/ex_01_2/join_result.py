"""Takes what join() returns for the exit code.

caught-by: P2
methods: fork spawn forkserver
"""


def end_each(ctx, target, numbers):
    """Run target(number) in one process per number; return the exit codes."""
    children = [ctx.Process(target=target, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    return [child.join() for child in children]
