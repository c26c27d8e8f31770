"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_09_1 import Pause, collect_and_report, fail_midway, send_all, send_late
from .ex_09_2 import CLOSE, start_peer

__all__ = [
    "ARGV",
    "CAT",
    "CLOSE",
    "ENDLESS",
    "FAIL",
    "Bell",
    "ChildFailed",
    "Clock",
    "NotPortable",
    "Pause",
    "ToolFailed",
    "ToolTimeout",
    "boom",
    "collect_and_report",
    "deaf",
    "exit_with",
    "fail",
    "fail_midway",
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
]
