# expect: denied: wrong
# kind: verdict forgery
# defence: boundary (passes)
import sys

for module in list(sys.modules.values()):
    for name in ("same", "equal", "that", "is_a"):
        if callable(getattr(module, name, None)):
            setattr(module, name, lambda *args, **named: True)


def FUNCTION(*args):
    return "nobody looks"
