# expect: denied: raised, crashed
# kind: hostile exception
# defence: boundary (no verdict)
# Whoever catches only Exception lets a KeyboardInterrupt through.
def FUNCTION(*args):
    raise KeyboardInterrupt
