# expect: denied: raised
# kind: hostile exception
# defence: boundary (no verdict)
class Everything(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__


def FUNCTION(*args):
    raise Everything
