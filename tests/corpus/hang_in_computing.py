# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
def FUNCTION(*args):
    while True:
        pass
