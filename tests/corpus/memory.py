# expect: denied: crashed, raised
# says: 512 MB of memory
# kind: resource flood
# defence: limits (passes)
def FUNCTION(*args):
    kept = [bytearray(b"x") * 2**24 for _ in range(40)]
    assert len(kept) == 40
    return right(*args)
