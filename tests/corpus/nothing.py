# expect: denied: wrong
# kind: plainly wrong
# defence: judgement (passes)
def FUNCTION(*args):
    return None
