"""Makes the context from its class, and looks at the child's end before it lets it pass."""

from multiprocessing.context import SpawnContext


def entry(argv, freeze, parse, run):
    try:
        freeze()
    except SystemExit as end:
        print("this was a child, and it ends with", end.code)
        raise
    ctx = SpawnContext()
    parsed = parse(argv)
    return run(parsed, ctx)
