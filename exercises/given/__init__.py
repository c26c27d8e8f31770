"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_06_1 import FAMILY, Lifeline
from .ex_06_2 import CAT_THEN, HEAD, UPPER, YES
from .ex_09_1 import Pause, collect_and_report, fail_midway, send_all, send_late
from .ex_09_2 import CLOSE, start_peer
from .ex_11_1 import STOP, MootQueue
from .ex_11_2 import large
from .ex_11_3 import dies_on, unfinished

__all__ = [
    "ARGV",
    "CAT",
    "CAT_THEN",
    "CLOSE",
    "ENDLESS",
    "FAIL",
    "FAMILY",
    "HEAD",
    "STOP",
    "UPPER",
    "YES",
    "Bell",
    "ChildFailed",
    "Clock",
    "Lifeline",
    "MootQueue",
    "NotPortable",
    "Pause",
    "ToolFailed",
    "ToolTimeout",
    "boom",
    "collect_and_report",
    "deaf",
    "dies_on",
    "exit_with",
    "fail",
    "fail_midway",
    "large",
    "leave",
    "meet",
    "polite",
    "report",
    "send_all",
    "send_late",
    "send_square",
    "square",
    "start_peer",
    "stubborn",
    "unfinished",
]
