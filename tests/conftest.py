"""Fixtures that several modules of tests use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis.configuration
import pytest
from support import courses, leaks

# A busy machine fails no test, the same examples are tried by everybody, and no folder is left.
hypothesis.settings.register_profile(
    "tests",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("tests")
hypothesis.configuration.set_hypothesis_home_dir(Path(sys.prefix) / "hypothesis")


@pytest.fixture
def nothing_left(tmp_path: Path) -> Iterator[leaks.Watch]:
    """Fail the test that leaves a process, a temporary file or shared memory behind."""
    # tmp_path is asked for first: pytest's own folders are not made in the watched one.
    with leaks.nothing_left() as watch:
        yield watch


@pytest.fixture
def tiny(tmp_path: Path) -> courses.Copy:
    """A copy of the tiny course, with the stubs in it."""
    return courses.copy(tmp_path / "tiny")
