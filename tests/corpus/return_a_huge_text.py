# expect: denied: wrong
# kind: hostile object
# defence: boundary (floods)
def FUNCTION(*args):
    return "x" * 30_000_000
