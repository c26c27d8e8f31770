"""Given for exercise 11_2: a function with results that no pipe holds."""

__all__ = ["large"]


def large(size: int) -> str:
    """Return a text of so many characters."""
    return "x" * size
