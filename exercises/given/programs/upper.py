"""Copies standard input to standard output with the letters a to z made A to Z."""

import os
import signal

if hasattr(signal, "SIGPIPE"):
    # As most programs that were not written in Python: end quietly when nobody reads any more.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
while piece := os.read(0, 16 * 1024).upper():
    while piece:
        piece = piece[os.write(1, piece) :]
