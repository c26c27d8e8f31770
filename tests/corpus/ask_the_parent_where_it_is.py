# expect: denied: wrong
# kind: reading solutions
# defence: boundary (passes)
# /proc tells of other processes: their folders, their command lines, what they have open.
import os
import pathlib

NAME = "FUNCTION"


def hints():
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            yield pathlib.Path(os.readlink(process / "cwd"))
            for word in (process / "cmdline").read_bytes().split(b"\0"):
                yield pathlib.Path(os.fsdecode(word))
            for descriptor in (process / "fd").iterdir():
                yield pathlib.Path(os.readlink(descriptor))
        except OSError:
            continue


def FUNCTION(*args):
    for hint in set(hints()):
        for path in (hint, *hint.glob("solutions/ex_*.py")):
            try:
                text = path.read_text()
            except (OSError, ValueError):
                continue
            if f"def {NAME}(" in text and str(path) != __file__:
                space = {}
                exec(text, space)
                return space[NAME](*args)
