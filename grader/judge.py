"""Runs property tests over submissions: the pytest plugin.

One item is one property under one start method. Its session runs all examples in one worker.
Everything a property raises becomes part of the record; a defect of ours is recorded as ours.
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader import compare, interrupts, verdict
from grader.authoring import Evidence, Misconception, Seen
from grader.course import Course, Exercise
from grader.examples import Guard
from grader.failure import MISSING, Failed, NotChecked, Status
from grader.inside.kit import wire
from grader.session import Session
from grader.submission import Submission
from grader.system import Form

_EXERCISE_SECONDS = 50.0  # an exercise is over within a minute, whatever the file does
_MOST_HUNG = 2
_MOST_LIKELY = 3
_NAME = re.compile(r"test_(p\d+)_")
# These say that a file hangs or runs wild: asking it under the next start method tells nothing new.
_STOPS_METHODS = (Status.TIMED_OUT, Status.TOO_MANY)


@dataclass
class Target:
    """One exercise with the submitted file, and what has been found so far."""

    exercise: Exercise
    properties: Path
    file_name: str
    source: bytes
    results: dict[str, list[verdict.Run]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    misconceptions: list[Misconception] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    hung: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    wild: bool = False
    started: float = 0.0
    todo: bool = False
    only_todo: bool = True

    def finish(self) -> verdict.ExerciseResult:
        """The record of this exercise."""
        properties = tuple(
            verdict.PropertyResult(
                id=name,
                words=self.words[name],
                evidence=self.evidence[name].kinds,
                weight=self.evidence[name].weight,
                status=verdict.overall(run.status for run in runs),
                runs=tuple(runs),
            )
            for name, runs in sorted(self.results.items(), key=lambda each: int(each[0][1:]))
        )
        status = verdict.overall(each.status for each in properties)
        if self.todo and self.only_todo:
            return nothing_to_grade(self.exercise, self.file_name, Status.NOT_ATTEMPTED, "")
        return verdict.ExerciseResult(
            id=self.exercise.id,
            title=self.exercise.title,
            file=self.file_name,
            status=status,
            reason="" if properties else "its properties could not be run",
            points=verdict.points(self.exercise.points, properties),
            max_points=self.exercise.points,
            properties=properties,
            remarks=tuple(self.remarks),
            seconds=round(time.monotonic() - self.started, 3) if self.started else 0.0,
        )


def nothing_to_grade(
    exercise: Exercise, file_name: str, status: Status, reason: str
) -> verdict.ExerciseResult:
    """The record of an exercise whose file was not run."""
    return verdict.ExerciseResult(
        id=exercise.id,
        title=exercise.title,
        file=file_name,
        status=status,
        reason=reason,
        points=0.0,
        max_points=exercise.points,
        properties=(),
        remarks=(),
        seconds=0.0,
    )


@dataclass(frozen=True)
class Conditions:
    """Under which a submission is judged.

    Attributes:
        methods: start methods asked for, in order.
        available: those that the worker's system has.
        python: interpreter of the worker.
        form: how submissions are run and watched.
        system: operating system of the worker, as `sys.platform` names it.
        seed: what inputs are drawn from; None for the inputs that everyone gets at home.
        only: property ids to run; all if empty.
        trace: file to which every order to a submission is added.
    """

    methods: tuple[str, ...]
    available: tuple[str, ...]
    python: str
    form: Form
    system: str
    seed: int | None
    only: frozenset[str] = frozenset()
    trace: Path | None = None


class Judge:
    """The pytest plugin.

    Args:
        course: for the place of lesson cells, and the given helpers.
        targets: what to judge, in order.
        conditions: see there.
        on_result: called with each exercise's record as soon as it is known.
    """

    def __init__(
        self,
        course: Course,
        targets: list[Target],
        conditions: Conditions,
        on_result: Callable[[verdict.ExerciseResult], None],
    ) -> None:
        self.faults: list[str] = []
        self.unknown: list[str] = []
        """Properties that were asked for and that no exercise has."""
        self.interrupted = False
        self.ready_at = 0.0
        """CPU seconds of this process when the first submission was looked at."""
        self._course = course
        self._targets = {target.properties: target for target in targets}
        self._waiting = list(targets)
        self._broken: set[Path] = set()
        self._items: dict[str, pytest.Item] = {}
        self._conditions = conditions
        self._on_result = on_result
        self._current: Target | None = None
        self._submission: Submission | None = None

    # -- hooks -----------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        target = self._targets.get(metafunc.definition.path)
        if target is None:
            return
        methods: tuple[str | None, ...] = (None,)
        if target.exercise.processes:
            methods = self._conditions.methods
        metafunc.parametrize("session", methods, indirect=True)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wanted = self._conditions.only
        names = {_property_id(item) for item in items}
        self.unknown = sorted(name for name in wanted if name not in names)
        kept = []
        for item in items if not self.unknown else ():
            name = _property_id(item)
            if name and (not wanted or name in wanted):
                kept.append(item)
        order = list(self._targets)
        kept.sort(key=lambda item: (order.index(item.path), int((_property_id(item) or "P0")[1:])))
        items[:] = kept
        self._items = {item.nodeid: item for item in kept}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.faults.append(str(report.longrepr))
            self._broken.add(self._course.folder / report.nodeid)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.interrupted = True

    def pytest_internalerror(self, excrepr: object) -> None:
        self.faults.append(str(excrepr))

    @pytest.fixture
    def session(self, request: pytest.FixtureRequest) -> Session:
        """The submission, as one property sees it under one start method."""
        target = self._targets[request.path]
        self._enter(target)
        assert self._submission is not None
        left = _EXERCISE_SECONDS - (time.monotonic() - target.started)
        limit = min(float(target.exercise.seconds), max(left, 0.0))
        return Session(self._submission, target.exercise.functions, request.param, limit)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A submission's failure is recorded, not raised: whatever fails here is ours.
        if report.failed:
            self.faults.append(str(report.longrepr))
            self._blame_us(self._items[report.nodeid])

    def _blame_us(self, item: pytest.Item) -> None:
        """Record that a property could not be run: without it, the others alone might pass."""
        target, name, test = (
            self._targets[item.path],
            _property_id(item) or "",
            getattr(item, "obj", None),
        )
        target.words.setdefault(name, _first_paragraph(test))
        target.evidence.setdefault(name, getattr(test, "evidence", Evidence((), 1, "")))
        finding = _finding("The grader itself failed.")
        run = _run_record(None, Status.GRADER_FAULT, 0.0, finding)
        target.results.setdefault(name, []).append(run)
        target.only_todo = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        target = self._targets[pyfuncitem.path]
        name = _property_id(pyfuncitem) or ""
        test = pyfuncitem.obj
        target.words[name] = _first_paragraph(test)
        target.evidence[name] = test.evidence
        target.misconceptions = pyfuncitem.module.MISCONCEPTIONS
        run = self._run(target, name, test, pyfuncitem.funcargs["session"])  # type: ignore[arg-type]
        target.results.setdefault(name, []).append(run)
        return True

    def pytest_sessionfinish(self) -> None:
        if self.interrupted:
            self.abort()
            return
        self._leave()
        while self._waiting and not self.unknown:
            self._pass_over(self._waiting.pop(0))

    # -- one exercise after the other --------------------------------------------------------------

    def _enter(self, target: Target) -> None:
        if target is self._current:
            return
        self._leave()
        while (passed_over := self._waiting.pop(0)) is not target:
            self._pass_over(passed_over)
        if not self.ready_at:
            self.ready_at = time.process_time()
        self._current = target
        target.started = time.monotonic()
        with interrupts.whole():
            self._submission = Submission(
                target.source,
                target.file_name,
                python=self._conditions.python,
                course=self._course.folder,
                drivers=f"drive_{target.exercise.id}",
                processes=target.exercise.processes,
                form=self._conditions.form,
                system=self._conditions.system,
                trace=self._conditions.trace,
            )

    def _pass_over(self, target: Target) -> None:
        """The record of an exercise none of whose properties was run."""
        status, reason = Status.NOT_CHECKED, "It has none of the properties that were asked for."
        if target.properties in self._broken or not self._conditions.only:
            status, reason = Status.GRADER_FAULT, "Its properties could not be run."
        self._on_result(nothing_to_grade(target.exercise, target.file_name, status, reason))

    def _leave(self) -> None:
        if self._submission is not None:
            remarks = self._submission.remarks
            self._close()
            if self._current is not None:
                self._current.remarks += remarks
        if self._current is not None:
            target, self._current = self._current, None
            self._on_result(target.finish())

    def abort(self) -> None:
        """End what runs, without a result: after Ctrl-C."""
        self._close()
        self._current = None

    def _close(self) -> None:
        with interrupts.whole():
            submission, self._submission = self._submission, None
            if submission is not None:
                submission.close()

    # -- one property under one start method -----------------------------------------------------

    def _run(self, target: Target, name: str, test: Any, session: Session) -> verdict.Run:
        started = time.monotonic()
        method = session.method
        if method is not None and method not in self._conditions.available:
            reason = f"This system has no start method {method}."
            return _run_record(method, Status.NOT_CHECKED, 0.0, _finding(reason))
        reason = self._not_to_be_run(target, name, session.limit)
        if reason:
            return _run_record(method, Status.NOT_RUN, 0.0, _finding(reason))
        guard = Guard(test, session, f"{target.exercise.id}/{name}", self._conditions.seed)
        try:
            guard.run()
            session.finish()
            status, finding = Status.PASSED, None
            target.only_todo = False
        except Failed as failed:
            status = failed.status
            guard.look_again(failed)
            session.close()
            finding = self._describe(target, name, method, failed)
            self._learn(target, name, failed)
        except NotChecked as reason:
            session.close()
            target.only_todo = False
            status, finding = Status.NOT_CHECKED, _finding(str(reason))
        except Exception as error:
            session.close()
            self.faults.append("".join(traceback.format_exception(error)))
            status = Status.GRADER_FAULT
            finding = _finding(f"The grader itself failed: {type(error).__name__}: {error}")
            target.only_todo = False
        return _run_record(method, status, time.monotonic() - started, finding)

    def _not_to_be_run(self, target: Target, name: str, left: float | None) -> str:
        if target.wild:
            return "Not run: the file had started too many processes before."
        if name in target.hung:
            return "Not run: this property had not ended under another start method."
        if name in target.alone:
            return "Not run: under another start method the processes had waited in vain."
        if len(target.hung) >= _MOST_HUNG and not self._conditions.only:
            return f"Not run: {_MOST_HUNG} properties had not ended before."
        if left is not None and left < 1.0:
            return f"Not run: the exercise had used up its {_EXERCISE_SECONDS:g} s."
        return ""

    def _learn(self, target: Target, name: str, failed: Failed) -> None:
        if failed.status in _STOPS_METHODS:
            target.hung.add(name)
        if failed.facts.get("alone"):
            target.alone.add(name)
        if failed.status is Status.TOO_MANY:
            target.wild = True
        target.todo = target.todo or _is_todo(failed)
        target.only_todo = target.only_todo and _is_todo(failed)

    def _describe(
        self, target: Target, name: str, method: str | None, failed: Failed
    ) -> verdict.Finding:
        seen = Seen.of(failed, name, method)
        likely = []
        for misconception in target.misconceptions:
            try:
                if misconception.shows(seen):
                    likely.append(self._likely(misconception))
            except Exception as error:
                self.faults.append(
                    f"{target.properties.name}: misconception {misconception.name} cannot be told: "
                    f"{type(error).__name__}: {error}"
                )
        return verdict.Finding(
            says=_plain(failed.says),
            call=_plain(failed.call),
            inputs={key: _plain(compare.short(value)) for key, value in failed.inputs.items()},
            came=None if failed.came is MISSING else _plain(compare.short(failed.came)),
            expected=None if failed.expected is MISSING else _plain(compare.short(failed.expected)),
            likely=tuple(likely[:_MOST_LIKELY]),
            stacks=tuple(map(_plain, failed.stacks)),
            printed=_plain(failed.printed),
            depends_on_history=failed.in_fresh_worker_right,
            replay=wire.encode(failed.inputs),
        )

    def _likely(self, misconception: Misconception) -> verdict.Likely:
        place = self._course.cell(misconception.cell)
        where = (
            f"{place[0].relative_to(self._course.folder).as_posix()}:{place[1]}" if place else ""
        )
        return verdict.Likely(
            name=misconception.name,
            says=misconception.says,
            cell=misconception.cell,
            where=where,
            wrong=misconception.wrong.strip("\n"),
            right=misconception.right.strip("\n"),
        )


def _property_id(item: pytest.Item) -> str | None:
    found = _NAME.match(item.name)
    return found[1].upper() if found else None


def _first_paragraph(test: Any) -> str:
    return " ".join((test.__doc__ or "").strip().split("\n\n")[0].split())


def _is_todo(failed: Failed) -> bool:
    """Whether a property ended in the stub's own NotImplementedError."""
    error = failed.facts.get("error")
    name = error.type_name if isinstance(error, wire.Raised) else ""
    return failed.status is Status.RAISED and name == "NotImplementedError"


def _run_record(
    method: str | None, status: Status, seconds: float, finding: verdict.Finding | None
) -> verdict.Run:
    return verdict.Run(method=method, status=status, seconds=round(seconds, 3), finding=finding)


def _finding(says: str) -> verdict.Finding:
    return verdict.Finding(
        says=says,
        call="",
        inputs={},
        came=None,
        expected=None,
        likely=(),
        stacks=(),
        printed="",
        depends_on_history=False,
        replay=None,
    )


def _plain(text: str) -> str:
    """Text that every reader can take: no lone surrogates, no control characters."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
