# expect: denied: raised
# kind: no module
# defence: boundary (no verdict)
# written: '\xff\xfe'
def FUNCTION(*args):
    return right(*args)
