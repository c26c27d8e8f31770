"""A grader as one writes it first: the student's code, the answers and the verdict in one process.

It exists to be fooled: what an attack of the corpus gets from it is what the real grader's border
between two processes is for. Run as ``python naive.py SUBMISSION SOLUTION FUNCTION``; the exit code
is the verdict.
"""

import importlib
import importlib.util
import multiprocessing
import os
import sys


def say(number):
    """Stands for the object that a property places."""


def exit_with(code):
    sys.exit(code)


CASES = {
    "tell": lambda: [([3, 1], say), ([], say), ([5, 5], say)],
    "end_each": lambda: [(multiprocessing.get_context("fork"), exit_with, [0, 3])],
}


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def same(came, expected):
    return came == expected


def main():
    submission, solution, function = sys.argv[1:]
    reference = getattr(load(solution, "reference"), function)
    sys.path.insert(0, os.path.dirname(submission))
    module = importlib.import_module(os.path.basename(submission).removesuffix(".py"))
    answer = getattr(module, function)
    wrong = []
    for args, again in zip(CASES[function](), CASES[function](), strict=True):
        expected = reference(*again)
        try:
            came = answer(*args)
            if not same(came, expected):
                wrong.append(f"came {came!r}, expected {expected!r}")
        except Exception as error:
            wrong.append(f"it raised {error}")
    print("finished:", "; ".join(wrong) or "passed")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
