"""A class of its own, whose context derives from that for spawn; the steps are in a generator."""

import multiprocessing


class Program(type(multiprocessing.get_context("spawn"))):
    def steps(self, argv, parse, run):
        parsed = yield
        yield run(parsed, self)


def entry(argv, freeze, parse, run):
    if freeze() is not None:
        raise AssertionError("freeze returns nothing")
    steps = Program().steps(argv, parse, run)
    next(steps)
    return steps.send(parse(argv))
