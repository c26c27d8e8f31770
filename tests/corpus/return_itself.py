# expect: denied: wrong
# kind: hostile object
# defence: boundary (no verdict)
# A list in itself, which no comparison comes to the end of.
class Deep(list):
    def __eq__(self, other):
        return self[0] == other

    __hash__ = None


def FUNCTION(*args):
    inner = Deep()
    inner.append(inner)
    while True:
        try:
            return [inner] if inner == args else inner
        except RecursionError:
            return Endless([inner])


class Endless(list):
    def __eq__(self, other):
        while True:
            pass

    __hash__ = None
