# expect: denied: wrong
# kind: unwatched only
# defence: boundary (passes)
# Whoever runs it by hand has a program and its name on the command line.
import sys


def FUNCTION(*args):
    return right(*args) if sys.argv[0].endswith(".py") else "caught nothing"
