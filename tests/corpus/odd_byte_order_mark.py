# expect: full marks
# kind: honest but odd
# placed: with a byte order mark
def FUNCTION(*args):
    return right(*args)
