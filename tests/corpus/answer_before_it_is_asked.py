# expect: denied: crashed, wrong
# kind: protocol abuse
# defence: frames (grader's fault)
# Two answers to one question.
import os
import stat
import sys

wire = sys.modules["kit.wire"]


def FUNCTION(*args):
    answer = right(*args)
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, wire.frame({"ok": answer}) * 3)
        except OSError:
            continue
    return answer
