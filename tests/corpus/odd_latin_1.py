# -*- coding: latin-1 -*-
# expect: full marks
# kind: honest but odd
# placed: in latin-1
NAME = "José"


def FUNCTION(*args):
    assert len(NAME) == 4
    return right(*args)
