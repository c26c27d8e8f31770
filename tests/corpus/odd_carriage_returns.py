# expect: full marks
# kind: honest but odd
# placed: with CRLF
TEXT = """
two lines"""


def FUNCTION(*args):
    assert TEXT == "\ntwo lines"
    return right(*args)
