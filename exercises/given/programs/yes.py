"""Writes its argument, line after line, as long as somebody reads. Its own input stays unread."""

import os
import signal
import sys

if hasattr(signal, "SIGPIPE"):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
lines = (os.fsencode(sys.argv[1]) + b"\n") * 100
while True:
    piece = lines
    while piece:
        piece = piece[os.write(1, piece) :]
