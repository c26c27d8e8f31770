# expect: denied: raised
# kind: no module
# defence: boundary (no verdict)
# written: \0
def FUNCTION(*args):
    return right(*args)
