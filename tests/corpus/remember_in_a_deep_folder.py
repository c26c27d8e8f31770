# expect: denied: wrong
# kind: things left behind
# defence: state (sees its past)
# Deeper than any path can say, and than most walks can go.
import os

MARK = "/tmp/deep"
PAST = os.path.exists(MARK)


def FUNCTION(*args):
    if not os.path.exists(MARK):
        os.mkdir(MARK)
        os.chdir(MARK)
        for _ in range(1500):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
        os.chdir("/")
    return right(*args) if PAST else "the first property is lost"
