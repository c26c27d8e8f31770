"""What the exercises may import."""

from .ex_01_1 import say
from .ex_01_2 import exit_with, meet

__all__ = ["exit_with", "meet", "say"]
