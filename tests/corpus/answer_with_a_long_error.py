# expect: denied: raised, wrong
# kind: protocol abuse
# defence: claims (floods)
# Four megabytes of reason, for whoever has to read them.
import sys

wire = sys.modules["kit.wire"]
real = wire.frame


def FUNCTION(*args):
    forged = {"type": "E" * 10**6, "text": "x" * 10**6, "args": {"t": []}, "frames": []}
    wire.frame = lambda data: real({"raised": forged})
    return None
