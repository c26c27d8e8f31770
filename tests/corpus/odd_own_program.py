# expect: full marks
# kind: honest but odd
import subprocess
import sys


def FUNCTION(*args):
    done = subprocess.run([sys.executable, "-c", "print(7)"], capture_output=True, check=True)
    assert done.stdout == b"7\n"
    return right(*args)
