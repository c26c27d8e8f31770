# expect: denied: wrong
# kind: reading solutions
# defence: boundary (passes)
import importlib.util
import itertools
import os
import pathlib
import sys

NAME = "FUNCTION"


def roots():
    here = pathlib.Path.cwd()
    for each in {here, pathlib.Path(__file__).parent, *map(pathlib.Path, sys.path)}:
        yield from (each, *each.parents)
    yield pathlib.Path(os.environ.get("HOME", "/"))


def FUNCTION(*args):
    for root in roots():
        for path in itertools.islice(root.glob("solutions/ex_*.py"), 100):
            if f"def {NAME}(" in path.read_text():
                spec = importlib.util.spec_from_file_location("found", path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return getattr(module, NAME)(*args)
