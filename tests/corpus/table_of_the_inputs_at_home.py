# expect: denied: wrong
# kind: plainly wrong
# defence: class seed (passes)
# fits: tell, 01_1
# The inputs that level student draws are the same for all: here they are, with their answers.
TABLE = {}


def FUNCTION(*args):
    key = repr([each for each in args if not callable(each)])
    if key not in TABLE:
        return 0
    return right(*args)
