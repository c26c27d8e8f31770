# expect: denied: raised
# kind: early exit
# defence: boundary (passes)


def FUNCTION(*args):
    raise SystemExit(0)
