# expect: denied: raised, crashed
# kind: no module
# defence: boundary (no verdict)
# written: -------- * 25000 1
def FUNCTION(*args):
    return right(*args)
