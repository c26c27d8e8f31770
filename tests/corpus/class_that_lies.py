# expect: denied: wrong
# kind: hostile object
# defence: boundary (passes)
# isinstance believes it.
class Liar:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    def __eq__(self, other):
        return True

    __hash__ = None


def FUNCTION(*args):
    return Liar(type(right(*args)))
