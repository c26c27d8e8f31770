"""What ends a command before it has done its work.

::

    Exception
    ├── WrongUse       the person at the keyboard can mend it: one clear line, exit code 2
    └── GraderFault    ours to mend: exit code 3; never a student's failure
"""


class WrongUse(Exception):
    """Wrong use, or a machine that lacks something. The text is the whole message."""


class GraderFault(Exception):
    """A defect of the grader or of a course's properties."""
