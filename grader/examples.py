"""Hypothesis without its traps: the same inputs for everyone, and no more questions than help.

Two of its internals are set here, as there is no public way; the lock pins the version, and tests
notice when they move.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

import hypothesis
from hypothesis.internal.conjecture import engine, providers

from grader.failure import Failed, Status
from grader.inside.kit import wire
from grader.session import Session

_SHRINK_SECONDS = 1.5  # of searching for a smaller input, after the first one that fails
_SHRINK_CALLS = 200

hypothesis.settings.register_profile(
    "grader",
    deadline=None,  # the session keeps the time, and only its calls count
    database=None,  # a verdict must not depend on an earlier run
    report_multiple_bugs=False,
    print_blob=False,
    verbosity=hypothesis.Verbosity.quiet,
    suppress_health_check=[
        # The session is the same for all examples on purpose: one worker for one property.
        hypothesis.HealthCheck.function_scoped_fixture,
        # A busy machine must not turn into a fault of the grader.
        hypothesis.HealthCheck.too_slow,
    ],
)
hypothesis.settings.load_profile("grader")


def steady_inputs() -> None:
    """Draw the same inputs whatever else is loaded.

    Hypothesis mixes constants of all local modules into what it draws; then an exercise graded
    alone would see other inputs than in company.
    """
    providers._get_local_constants = lambda: providers._local_constants


def undecorated(test: Any) -> Any:
    """The function below ``@given``, to be called with chosen inputs."""
    handle = getattr(test, "hypothesis", None)
    return test if handle is None else handle.inner_test


class Guard:
    """Runs one property's examples, and keeps hypothesis from asking what it need not ask.

    * A failing input is remembered and fails the same way again: shrinking repeats itself, and the
      final replay must not depend on what the submission remembers.
    * After the first failure the search for a smaller input is bounded in time and calls.
    * A session that has hung or crashed is not called again.

    Args:
        test: the property's function, with or without ``@given``.
        session: passed to it.
        name: exercise and property, from which inputs are drawn when there is no seed.
        seed: of the class; None at home.
    """

    def __init__(self, test: Any, session: Session, name: str, seed: int | None) -> None:
        self._test = test
        self._session = session
        self._seed_text = f"{seed}/{name}"
        self._failures: dict[bytes, Failed] = {}
        self._calls_left = _SHRINK_CALLS
        self._stop_at: float | None = None
        self._inner: Any = None

    def run(self) -> None:
        """Run all examples.

        Raises:
            Failed: with the smallest input found.
        """
        handle = getattr(self._test, "hypothesis", None)
        if handle is None:
            self._example(self._test, {})
            return
        self._inner = inner = handle.inner_test

        def guarded(session: Session, **inputs: Any) -> None:
            self._guarded(inner, inputs)

        handle.inner_test = guarded
        try:
            hypothesis.seed(_number(self._seed_text))(self._test)(session=self._session)
        finally:
            handle.inner_test = inner

    def _guarded(self, inner: Any, inputs: dict[str, Any]) -> None:
        key = wire.dumps(wire.encode(inputs))
        if key in self._failures:
            raise self._failures[key]
        if self._stop_at is not None:
            self._calls_left -= 1
            over = time.monotonic() > self._stop_at or self._calls_left < 0
            if over or self._session.dead is not None:
                return
        try:
            self._example(inner, inputs)
        except Failed as failed:
            self._failures[key] = failed
            if self._stop_at is None:
                # No search where the session is over, or where each further try would wait again.
                hopeless = self._session.dead is not None or failed.facts.get("alone")
                seconds = 0 if hopeless else _SHRINK_SECONDS
                self._stop_at = time.monotonic() + seconds
                engine.MAX_SHRINKING_SECONDS = seconds  # type: ignore[assignment]
            raise

    def _example(self, inner: Any, inputs: dict[str, Any]) -> None:
        self._session.begin()
        try:
            inner(session=self._session, **inputs)
        except Failed as failed:
            failed.inputs = inputs
            self._session.explain(failed)
            raise

    def look_again(self, failed: Failed) -> None:
        """Ask a fresh worker the failing input alone: is it right there?"""
        again = failed.status in (Status.WRONG, Status.RAISED) and not failed.facts.get("importing")
        if self._inner is None or not again or failed.facts.get("alone") or self._session.dead:
            return
        self._session.begin()  # whoever still waits at a meeting point has nothing to say any more
        self._session.renew()
        try:
            self._inner(session=self._session, **failed.inputs)
        except Failed:
            return
        failed.in_fresh_worker_right = True


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
