# expect: denied: wrong
# kind: things left behind
# defence: state (sees its past)
import os

MARK = "/tmp/closed"
PAST = os.path.exists(MARK)


def FUNCTION(*args):
    if not os.path.exists(MARK):
        os.mkdir(MARK)
        os.mkdir(MARK + "/inner")
        os.chmod(MARK, 0)
    return right(*args) if PAST else "the first property is lost"
