"""Given for exercise 01_1."""

__all__ = ["say"]


def say(number: int) -> None:
    """Say one number."""
    print("said", number)
