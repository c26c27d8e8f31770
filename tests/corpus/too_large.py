# expect: denied: wrong
# says: larger than 256 KB
# kind: no file
# defence: size (passes)
# placed: with 300 KB of comments
def FUNCTION(*args):
    return right(*args)
