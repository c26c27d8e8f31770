# expect: denied: raised
# kind: protocol abuse
# defence: witness (passes)
# fits: tell P1
def FUNCTION(numbers, say):
    say("x" * 1_000_000)
    return right(numbers, say)
