# expect: denied: raised
# kind: no module
# defence: boundary (no verdict)
# written: (*)
def FUNCTION(*args):
    return right(*args)
