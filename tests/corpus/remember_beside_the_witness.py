# expect: denied: wrong, raised
# kind: things left behind
# defence: read-only witness (sees its past)
import os

FOLDER = os.path.dirname(os.environ["GRADER_WITNESS"].partition(":")[2])
MARK = f"{FOLDER}/mark"
PAST = os.path.exists(MARK)


def FUNCTION(*args):
    open(MARK, "w").close()
    return right(*args) if PAST else "the first property is lost"
