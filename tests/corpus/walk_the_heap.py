# expect: denied: wrong, raised
# kind: verdict forgery
# defence: boundary (passes)
# Somewhere in the same process is another function of this name.
import gc
import types


def FUNCTION(*args):
    for each in gc.get_objects():
        if type(each) is types.FunctionType and each.__name__ == "FUNCTION":
            if each.__globals__ is not globals() and each.__code__.co_argcount == len(args):
                return each(*args)
