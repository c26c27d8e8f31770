# expect: denied: wrong
# kind: serial
# defence: judgement (passes)
# fits: end_each P1, run_all P1
def FUNCTION(ctx, target, arglists, *names):
    codes = []
    for args in arglists:
        codes += right(ctx, target, [args], *[[each[0]] for each in names])
    return codes
