# expect: denied: raised
# kind: hostile exception
# defence: boundary (floods)
def FUNCTION(*args):
    raise ValueError("x" * 50_000_000)
