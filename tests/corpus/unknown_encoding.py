# coding: klingon
# expect: denied: raised
# kind: no module
# defence: boundary (no verdict)
# placed: as it is
def FUNCTION(*args):
    return right(*args)
