# expect: denied: raised, timed out
# kind: hostile exception
# defence: boundary (no verdict)
# seconds: 2
# An exception whose cause is itself, and whose context never ends.
def FUNCTION(*args):
    class Endless(Exception):
        def __init__(self):
            self.__cause__ = self

        @property
        def args(self):
            while True:
                pass

        __str__ = args.fget

    raise Endless
