"""Copies standard input to standard output, and ends with its argument as exit code.

A code below 0 names a signal, by which the program then ends itself.
"""

import os
import sys

while piece := os.read(0, 16 * 1024):
    while piece:
        piece = piece[os.write(1, piece) :]
code = int(sys.argv[1])
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
