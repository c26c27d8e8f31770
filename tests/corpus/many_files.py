# expect: denied: wrong
# kind: resource flood
# defence: state (sees its past)
# So many files that removing them one by one takes longer than the grader waits.
import os

PAST = os.path.exists("/tmp/x0")


def FUNCTION(*args):
    if PAST:
        return right(*args)
    for number in range(20_000):
        open(f"/tmp/x{number}", "w").close()
    return "the first property is lost"
