"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_11_1 import STOP, MootQueue
from .ex_11_2 import large
from .ex_11_3 import dies_on, unfinished

__all__ = [
    "ARGV",
    "CAT",
    "ENDLESS",
    "FAIL",
    "STOP",
    "Bell",
    "ChildFailed",
    "Clock",
    "MootQueue",
    "NotPortable",
    "ToolFailed",
    "ToolTimeout",
    "boom",
    "deaf",
    "dies_on",
    "exit_with",
    "fail",
    "large",
    "leave",
    "meet",
    "polite",
    "report",
    "send_square",
    "square",
    "stubborn",
    "unfinished",
]
