# expect: denied: crashed
# says: same hash
# kind: hostile object
# defence: wire (slow)
def FUNCTION(*args):
    return [{n * (2**61 - 1) for n in range(40 * k, 40 * k + 4000)} for k in range(1, 9)]
