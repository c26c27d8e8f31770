# expect: denied: too many processes, timed out
# kind: unguarded spawning
# defence: boundary (no verdict)
# seconds: 6
# Each process runs the file again, twice.
import subprocess
import sys

KEPT = [subprocess.Popen([sys.executable, "-S", __file__]) for _ in range(2)]
for child in KEPT:
    child.wait()


def FUNCTION(*args):
    return right(*args)
