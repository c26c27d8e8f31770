# expect: denied: wrong
# kind: verdict forgery
# defence: boundary (passes)
# 4.0 == 4 and [0.0] == [0]: equal, but not what was asked for.
def FUNCTION(*args):
    answer = right(*args)
    return [float(each) for each in answer] if isinstance(answer, list) else float(answer)
