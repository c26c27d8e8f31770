"""Prints its arguments as one JSON list."""

import json
import os
import sys

arguments = [os.fsencode(each).decode("utf-8", "replace") for each in sys.argv[1:]]
sys.stdout.buffer.write(json.dumps(arguments).encode("ascii") + b"\n")
