# expect: denied: raised, crashed
# kind: hostile exception
# defence: boundary (no verdict)
class Nameless(type):
    @property
    def __name__(cls):
        raise BaseException

    @property
    def __mro__(cls):
        raise BaseException


class Quiet(BaseException, metaclass=Nameless):
    def __getattribute__(self, name):
        raise Quiet


def FUNCTION(*args):
    raise Quiet
