"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_06_1 import FAMILY, Lifeline
from .ex_06_2 import CAT_THEN, HEAD, UPPER, YES
from .ex_07_1 import Doubles, freeze_in_child
from .ex_09_1 import Pause, collect_and_report, fail_midway, send_all, send_late
from .ex_09_2 import CLOSE, start_peer
from .ex_10_1 import END, Backlog, slow_reader
from .ex_10_2 import ChildDied, big, dies_at, exits_with, reverse_order, slow_to_pickle
from .ex_11_1 import STOP, MootQueue
from .ex_11_2 import large
from .ex_11_3 import dies_on, unfinished

__all__ = [
    "ARGV",
    "CAT",
    "CAT_THEN",
    "CLOSE",
    "END",
    "ENDLESS",
    "FAIL",
    "FAMILY",
    "HEAD",
    "STOP",
    "UPPER",
    "YES",
    "Backlog",
    "Bell",
    "ChildDied",
    "ChildFailed",
    "Clock",
    "Doubles",
    "Lifeline",
    "MootQueue",
    "NotPortable",
    "Pause",
    "ToolFailed",
    "ToolTimeout",
    "big",
    "boom",
    "collect_and_report",
    "deaf",
    "dies_at",
    "dies_on",
    "exit_with",
    "exits_with",
    "fail",
    "fail_midway",
    "freeze_in_child",
    "large",
    "leave",
    "meet",
    "polite",
    "report",
    "reverse_order",
    "send_all",
    "send_late",
    "send_square",
    "slow_reader",
    "slow_to_pickle",
    "square",
    "start_peer",
    "stubborn",
    "unfinished",
]
