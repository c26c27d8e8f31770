# expect: denied: wrong
# kind: verdict forgery
# defence: boundary (passes)
def FUNCTION(*args):
    kind = type(right(*args))

    class Agreeable(kind):
        def __eq__(self, other):
            return True

        __hash__ = None

    return Agreeable()
