"""A program with a family: children and grandchildren that write to its standard output.

Arguments: the kind of family, how many bytes each member writes after its name, and the line on
which the members say that they are there: the address of a given.Lifeline. In the tests it is a
JSON list: the folder of the grader's client, the grader's address, and the numbers of two of its
objects. See ex_06_1.py for the kinds.
"""

import json
import os
import signal
import socket
import sys


class Port:
    """A line to a Lifeline: a connection that this member holds as long as it lives."""

    def __init__(self, address):
        self._address = address
        self._connection = None

    def here(self, name):
        """Say that this member is there."""
        if self._connection is not None:
            self._connection.close()  # the parent's, and a copy of it would make it look alive
        host, _, port = self._address.rpartition(":")
        self._connection = socket.create_connection((host, int(port)))

    def before_the_last_words(self):
        """Nobody asks."""

    def stay(self):
        """Never end, or nearly: until nobody is left who would want to know."""
        self._connection.recv(1)
        os._exit(0)


class Grader:
    """A line to two objects of the grader; the kernel tells it who calls."""

    def __init__(self, folder, address, here, pause):
        sys.path.insert(0, folder)
        from kit import remote

        os.environ[remote.WITNESS] = address
        self._ask, self._here, self._pause = remote.ask, here, pause

    def here(self, name):
        self._ask(self._here, "__call__", (name,))

    def before_the_last_words(self):
        self._ask(self._pause, "__call__", ())

    def stay(self):
        reading, _writing = os.pipe()
        os.read(reading, 1)  # both ends are ours: nothing will ever come


def write(name, size):
    data = name.encode() + b"\n" + (bytes(range(256)) * (size // 256 + 1))[:size]
    while data:
        data = data[os.write(1, data) :]


def hide_output():
    """Let go of standard output."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def wait_for_the_end_of(parent):
    while os.getppid() == parent:
        pass


def ends(line, size):
    """The program ends first; then its child writes and ends."""
    write("program", size)
    program = os.getpid()
    if os.fork() == 0:
        wait_for_the_end_of(program)
        line.before_the_last_words()
        write("child", size)


def leaves(line, size):
    """As ``ends``, but a second child stays, which holds no output."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        hide_output()
        line.here("quiet")
        os.close(writing)
        line.stay()
    os.close(writing)
    os.read(reading, 1)  # its end: the quiet one is there
    ends(line, size)


def stays(line, size):
    """Three generations, and none of them ends."""
    for name in ("program", "child", "grandchild"):
        write(name, size)
        line.here(name)
        if name == "grandchild" or os.fork() > 0:
            line.stay()


def stubborn(line, size):
    """As ``stays``, and all ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stays(line, size)


def orphans(line, size):
    """As ``stays``, but the program ends: its child and its grandchild stay."""
    write("program", size)
    line.here("program")
    program = os.getpid()
    if os.fork() > 0:
        return
    wait_for_the_end_of(program)
    for name in ("child", "grandchild"):
        write(name, size)
        line.here(name)
        if name == "grandchild" or os.fork() > 0:
            line.stay()


def mute(line, size):
    """A program alone that closes its output and stays."""
    write("program", size)
    hide_output()
    line.here("program")
    line.stay()


def neighbour(line, size):
    """No family: says that it is there, and ends at the end of its input."""
    line.here("neighbour")
    os.write(1, b"!")
    os.read(0, 1)


KINDS = (ends, leaves, stays, stubborn, orphans, mute, neighbour)

if __name__ == "__main__":
    kind, size, address = sys.argv[1:4]
    line = Grader(*json.loads(address)) if address.startswith("[") else Port(address)
    {each.__name__: each for each in KINDS}[kind](line, int(size))
    os._exit(0)
