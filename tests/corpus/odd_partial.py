# expect: full marks
# kind: honest but odd
import functools


def answer(where, *args):
    assert where == "here"
    return right(*args)


FUNCTION = functools.partial(answer, "here")
