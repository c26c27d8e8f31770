"""Writes its third argument to stderr, its second to stdout, and ends with its first as exit code.

A code below 0 names a signal, by which the program then ends itself.
"""

import os
import sys

code, out, err = int(sys.argv[1]), sys.argv[2], sys.argv[3]
for stream, text in ((sys.stderr.buffer, err), (sys.stdout.buffer, out)):
    stream.write(os.fsencode(text))
    stream.flush()
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
