"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_06_1 import FAMILY, Lifeline
from .ex_06_2 import CAT_THEN, HEAD, UPPER, YES

__all__ = [
    "ARGV",
    "CAT",
    "CAT_THEN",
    "ENDLESS",
    "FAIL",
    "FAMILY",
    "HEAD",
    "UPPER",
    "YES",
    "Bell",
    "ChildFailed",
    "Clock",
    "Lifeline",
    "NotPortable",
    "ToolFailed",
    "ToolTimeout",
    "boom",
    "deaf",
    "exit_with",
    "fail",
    "leave",
    "meet",
    "polite",
    "report",
    "send_square",
    "square",
    "stubborn",
]
