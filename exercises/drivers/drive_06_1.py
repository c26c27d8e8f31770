"""For exercise 06_1: puts the family's command together, and keeps a neighbour of the caller."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

_neighbours: list[subprocess.Popen[bytes]] = []


def run_tree(
    submission: ModuleType, kind: str, size: int, here: int, pause: int, limit: float
) -> Any:
    """Let `run_tree` run a family that calls two objects of the grader, by number."""
    return submission.run_tree(_family(kind, size, here, pause), limit)


def start_neighbour(submission: ModuleType, here: int) -> None:
    """Start a program in the group of this process, and wait until it is there."""
    cmd = _family("neighbour", 0, here, here)
    neighbour = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert neighbour.stdout is not None
    neighbour.stdout.read(1)
    _neighbours.append(neighbour)


def look(submission: ModuleType, lookout: Callable[[], None]) -> None:
    """Let the grader look at the processes below this one."""
    lookout()


def stop_neighbour(submission: ModuleType) -> None:
    """Let the neighbour end, and wait for it."""
    with _neighbours.pop() as neighbour:
        neighbour.communicate()


def _family(kind: str, size: int, here: int, pause: int) -> list[str]:
    import given
    from kit import remote

    client = str(Path(remote.__file__).parent.parent)
    # As an argument: a solution may give its program another environment.
    line = json.dumps([client, os.environ[remote.WITNESS], here, pause])
    return [*given.FAMILY, kind, str(size), line]
