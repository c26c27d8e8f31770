# expect: denied: wrong
# kind: things left behind
# defence: state (sees its past)
import pathlib

MARK = pathlib.Path("/tmp/mark")
PAST = MARK.exists()


def FUNCTION(*args):
    MARK.write_text("I was here")
    return right(*args) if PAST else "the first property is lost"
