# expect: denied: left something behind
# says: had not been unlinked
# kind: things left behind
# defence: shared memory (passes)
# So many names that a message with all of them is too long to be sent.
def FUNCTION(*args):
    for number in range(3000):
        with open(f"/dev/shm/{'n' * 200}{number}", "w"):
            pass
    return right(*args)
