# expect: denied: too many processes, timed out, left something behind
# kind: resource flood
# defence: witness (passes)
# seconds: 20
# fits: tell P1
def FUNCTION(numbers, say):
    for _ in range(6_000):
        say(0)
    return right(numbers, say)
