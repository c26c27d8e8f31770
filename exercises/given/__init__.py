"""What the exercises may import: one module per exercise, all names gathered here."""

from .ex_01_2 import Clock
from .ex_02_1 import exit_with, fail, leave, meet, report
from .ex_03_1 import send_square
from .ex_03_2 import ChildFailed, NotPortable, boom, square
from .ex_04_2 import Bell, deaf, polite, stubborn
from .ex_05_1 import ARGV, CAT, ENDLESS, FAIL, ToolFailed, ToolTimeout
from .ex_10_1 import END, Backlog, slow_reader
from .ex_10_2 import ChildDied, big, dies_at, exits_with, reverse_order, slow_to_pickle

__all__ = [
    "ARGV",
    "CAT",
    "END",
    "ENDLESS",
    "FAIL",
    "Backlog",
    "Bell",
    "ChildDied",
    "ChildFailed",
    "Clock",
    "NotPortable",
    "ToolFailed",
    "ToolTimeout",
    "big",
    "boom",
    "deaf",
    "dies_at",
    "exit_with",
    "exits_with",
    "fail",
    "leave",
    "meet",
    "polite",
    "report",
    "reverse_order",
    "send_square",
    "slow_reader",
    "slow_to_pickle",
    "square",
    "stubborn",
]
