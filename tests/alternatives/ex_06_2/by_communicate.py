"""From the back to the front: the last program comes first, and communicate reads it."""

import subprocess
import threading


def pipeline(cmds, data):
    programs, sink = [], subprocess.PIPE
    for cmd in reversed(cmds):
        program = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=sink)
        if programs:
            sink.close()
            programs[0].stdin = None
        programs.insert(0, program)
        sink = program.stdin
    first, last = programs[0], programs[-1]
    if first is last:
        output, _ = first.communicate(data)
        return output, [first.returncode]
    front = threading.Thread(target=first.communicate, args=(data,))
    front.start()
    output, _ = last.communicate()
    front.join()
    return output, [each.wait() for each in programs]
