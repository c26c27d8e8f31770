# expect: denied: raised
# kind: protocol abuse
# defence: property's own (grader's fault)
# fits: 01_2
# A number of seconds that no float can hold: the clock is in the grader.
def FUNCTION(done, limit, step, clock):
    clock.sleep(10**400)
    return right(done, limit, step, clock)
