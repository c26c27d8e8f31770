# expect: denied: crashed
# says: same hash
# kind: hostile object
# defence: wire (slow)
def FUNCTION(*args):
    return {n * (2**61 - 1): n for n in range(1, 10_000)}
