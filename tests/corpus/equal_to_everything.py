# expect: denied: wrong
# kind: verdict forgery
# defence: boundary (passes)
class Agreeable:
    def __eq__(self, other):
        return True

    __hash__ = None


def FUNCTION(*args):
    return Agreeable()
