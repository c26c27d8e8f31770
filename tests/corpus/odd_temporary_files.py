# expect: full marks
# kind: honest but odd
# It works in another folder, with other rights for new files, and writes a megabyte.
import os
import tempfile


def FUNCTION(*args):
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.umask(0o077)
    with open("notes", "w") as file:
        file.write("x" * 10**6)
    return right(*args)
