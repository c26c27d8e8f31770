"""No program knows another one: threads carry the bytes from each to the next."""

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE, Popen


def _pump(read, write, close_reader, close_writer):
    try:
        while piece := read(8192):
            write(piece)

    except BrokenPipeError:
        pass
    finally:
        close_reader()
        with contextlib.suppress(BrokenPipeError):
            close_writer()


def pipeline(cmds, data):
    programs = [Popen(cmd, stdin=PIPE, stdout=PIPE, bufsize=0) for cmd in cmds]
    chunks = [data[at : at + 8192] for at in range(0, len(data), 8192)][::-1]

    def read_data(size):
        return chunks.pop() if chunks else b""

    with ThreadPoolExecutor(len(programs)) as pool:
        first = programs[0].stdin
        pool.submit(_pump, read_data, _whole(first), lambda: None, first.close)
        for before, after in itertools.pairwise(programs):
            reader, writer = before.stdout, after.stdin
            pool.submit(_pump, reader.read, _whole(writer), reader.close, writer.close)
        with programs[-1].stdout as last:
            output = last.read()
    return output, [program.wait() for program in programs]


def _whole(stream):
    def write(piece):
        while piece:
            piece = piece[stream.write(piece) :]

    return write
