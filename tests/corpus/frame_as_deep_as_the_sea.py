# expect: denied: crashed
# kind: protocol abuse
# defence: frames (grader's fault)
import os
import stat


def FUNCTION(*args):
    body = b'{"ok":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for number in range(3, 50):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, len(body).to_bytes(4, "big") + body)
        except OSError:
            continue
    return right(*args)
