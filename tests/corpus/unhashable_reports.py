# expect: denied: wrong
# kind: protocol abuse
# defence: property's own (grader's fault)
# fits: run_all
# What the children pass on has no hash and no order.
def FUNCTION(ctx, target, arglists, names):
    from kit import remote

    if isinstance(target, remote.Remote):
        arglists = [[[1], None, {}] for _ in arglists]
    return right(ctx, target, arglists, names)
