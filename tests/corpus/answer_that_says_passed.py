# expect: denied: wrong
# kind: protocol abuse
# defence: judgement (passes)
# A forged answer says of itself that it is right.
import sys

wire = sys.modules["kit.wire"]
real = wire.frame
VERDICT = {"passed": True, "status": "passed", "points": 100, "expected": "right", "ok": "right"}


def FUNCTION(*args):
    wire.frame = lambda data: real({**VERDICT, "method": data.get("method")})
