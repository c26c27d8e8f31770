# expect: denied: wrong
# kind: protocol abuse
# defence: boundary (no verdict)
# Whoever had the control socket could have the worker's answers forged; it is closed here.
import array
import glob
import json
import os
import signal
import socket


def FUNCTION(*args):
    order = json.dumps({"order": "reset", "number": 1}).encode()
    for path in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            kind = os.readlink(path)
            if kind.startswith("socket:") and f"/{os.getpid()}/" not in path:
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
                    connection.connect(path)
                    connection.send(order)
        except OSError:
            continue
    for process in glob.glob("/proc/[0-9]*"):
        number = int(process.rpartition("/")[2])
        if number != os.getpid():
            try:
                memory = os.open(f"{process}/mem", os.O_RDWR)
                os.close(memory)
            except OSError:
                continue
            os.kill(number, signal.SIGKILL)
    return array.array("b", order).tolist()
