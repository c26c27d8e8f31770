# expect: denied: wrong, raised
# kind: plainly wrong
# defence: one worker (passes)
CALLS = []


def FUNCTION(*args):
    CALLS.append(args)
    answer = right(*args)
    return answer if len(CALLS) < 2 else [answer, "enough"]
