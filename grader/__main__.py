"""What a bare Python starts for ``python -m grader``.

Old syntax only in this file: a Python 2.7 or 3.5 must be able to read it, find a newer Python
beside itself, or say in one line what to install. All else is in ``grader/environment.py``.
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that the locks hold packages for
ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def candidates():
    # type: () -> list[list[str]]
    """List the commands that may start a Python, newest name first; none of them is tried here."""
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    names = ["python3.%d" % minor for minor in minors] + ["python3", "python"]
    folders = [each for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    found = []
    if os.name == "nt":
        for folder in folders:
            launcher = os.path.join(folder, "py.exe")
            if os.path.isfile(launcher):
                found += [[launcher, "-3.%d" % minor] for minor in minors]
                break
        names = [name + ".exe" for name in names]
    seen = set()
    for name in names:
        # Every folder, not only the first: a pyenv shim may stand before a Python that works.
        for folder in folders:
            path = os.path.join(folder, name)
            real = os.path.realpath(path)
            if real not in seen and os.path.isfile(path) and os.access(path, os.X_OK):
                seen.add(real)
                found.append([path])
    return found


def how_to_install():
    # type: () -> str
    """Name the command that brings a suitable Python to this system."""
    newest = "%d.%d" % NEWEST
    if sys.platform == "win32":
        return "winget install Python.Python." + newest
    if sys.platform == "darwin":
        return "brew install python@" + newest
    return "sudo apt install python3 python3-venv (Debian, Ubuntu; elsewhere your own installer)"


def _leave_old_python(argv):
    # type: (list[str]) -> int
    import subprocess

    marker = os.path.join(sys.prefix, "grader-environment.json")
    if os.path.exists(marker):  # Our environment, and its Python became this old one: not finished.
        with open(marker, "w") as file:
            file.write("{}")
    question = "import sys; print(%r <= sys.version_info[:2] <= %r)" % (OLDEST, NEWEST)
    os.environ["PYTHON_MANAGER_AUTOMATIC_INSTALL"] = "false"
    for command in candidates():
        with open(os.devnull, "w") as nowhere:
            try:
                asked = subprocess.Popen(
                    command + ["-c", question], stdout=subprocess.PIPE, stderr=nowhere
                )
            except OSError:
                continue
            answer = asked.communicate()[0]
        if answer.strip() == b"True":
            os.environ["PYTHONPATH"] = ROOT
            command = command + ["-m", "grader"] + argv
            if os.name == "posix":
                os.execv(command[0], command)
            return subprocess.call(command)
    sys.stderr.write(
        "This course needs Python %d.%d to %d.%d; this is %d.%d (%s) and no other was found. "
        "To install one: %s\n"
        % (OLDEST + NEWEST + sys.version_info[:2] + (sys.executable, how_to_install()))
    )
    return 2


def main(argv):
    # type: (list[str]) -> int
    """Run one command of the course and return its exit code."""
    if sys.version_info[:2] < OLDEST:
        return _leave_old_python(argv)
    from grader import environment

    return environment.start(argv)


if __name__ == "__main__":
    if not __package__:  # started as a file: the course folder takes the place of this folder
        sys.path[0] = ROOT
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        sys.exit(130)
