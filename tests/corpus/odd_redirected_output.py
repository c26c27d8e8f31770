# expect: full marks
# kind: honest but odd
import contextlib
import io


def FUNCTION(*args):
    with contextlib.redirect_stdout(io.StringIO()) as kept:
        print("nobody sees this")
        answer = right(*args)
    assert kept.getvalue()
    return answer
