# expect: denied: wrong, raised, crashed
# kind: verdict forgery
# defence: boundary (passes)
# The file puts something else in its place, as modules may.
import sys


class Agreeable:
    def __eq__(self, other):
        return True

    __hash__ = None

    def __getattr__(self, name):
        return lambda *args: Agreeable()


sys.modules[__name__] = Agreeable()
