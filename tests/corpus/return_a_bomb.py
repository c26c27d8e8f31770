# expect: denied: wrong
# kind: hostile object
# defence: boundary (no verdict)
# Ten lists of ten lists of ten …: small in memory, without end for whoever walks through it.
def FUNCTION(*args):
    bomb = [0]
    for _ in range(14):
        bomb = [bomb] * 10
    return bomb
