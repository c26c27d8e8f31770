"""Never ends by itself.

With arguments it first tells the grader that it lives, and who started it. They are the folder
of the grader's client, the grader's address, and the number of the object that wants to know.
Without, it ends a second after the program that started it has ended.
"""

import os
import sys
import time


def tell_the_grader(folder: str, address: str, number: str) -> None:
    """Come to an object of the grader, once."""
    sys.path.insert(0, folder)
    from kit import remote

    os.environ[remote.WITNESS] = address
    remote.ask(int(number), "__call__", (os.getppid(),))


os.write(1, b"here I am\n")
if sys.argv[1:]:
    tell_the_grader(*sys.argv[1:])
    reading, _writing = os.pipe()
    os.read(reading, 1)  # both ends are ours: nothing will ever come
parent = os.getppid()
while os.getppid() == parent:
    time.sleep(1)
