"""Grade one person's files: intake, the judge, the record.

Importing this module imports pytest and hypothesis: commands do it after their first line is out.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hypothesis.configuration
import pytest

from grader import examples, intake, judge, originals, system, verdict
from grader.course import Course, Exercise
from grader.errors import GraderFault, WrongUse
from grader.failure import Status
from grader.system import Form

_PYTEST = (
    "--override-ini=addopts=",
    "--import-mode=importlib",  # modules of two courses may have the same name
    "--assert=plain",
    "--capture=no",
    "--noconftest",
    "--continue-on-collection-errors",  # a defect of one exercise is no reason to skip the others
    "--strict-markers",
)
# None of them may have a say in a verdict, and each costs time at every start.
_PLUGINS_OFF = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("monkeypatch", "pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "terminal"),
    *("threadexception", "tmpdir", "unittest", "unraisableexception", "warnings"),
)
_PROBE = "import json, multiprocessing, platform, sys; print(json.dumps([sys.version_info[:2], \
platform.python_version(), sys.platform, multiprocessing.get_all_start_methods()]))"


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        level: ``student``: plain processes, cleanliness but no defence; ``instructor``: locked in.
        methods: start methods; empty for all that the worker's system has.
        python: interpreter that runs the submissions; None for the one that runs this.
        portable: believe callers instead of asking the kernel.
        seed: of the class; None for the inputs that everyone gets at home.
        properties: ids of properties, to run only these; all if empty.
        trace: file to which every call is added, one JSON line each; for measurements.
    """

    level: str = "student"
    methods: tuple[str, ...] = ()
    python: str | None = None
    portable: bool = False
    seed: int | None = None
    properties: frozenset[str] = frozenset()
    trace: Path | None = None


@dataclass(frozen=True)
class Interpreter:
    """The Python that runs submissions."""

    path: str
    version: str
    system: str
    methods: tuple[str, ...]


def grade(
    course: Course,
    exercises: list[Exercise],
    folder: Path,
    options: Options,
    on_result: Callable[[verdict.ExerciseResult], None] = lambda result: None,
) -> verdict.Record:
    """Grade the files in a folder that are named like the stubs.

    Args:
        course: what is asked.
        exercises: which of it.
        folder: where the files are; a missing one counts as not attempted.
        options: how.
        on_result: called with each exercise's result as soon as it is known, in order.

    Raises:
        WrongUse: no such interpreter, or a start method that nobody has.
        GraderFault: a defect of the grader or of a property; `on_result` had what came before.
    """
    interpreter = find_interpreter(options.python)
    methods = options.methods or interpreter.methods
    conditions = judge.Conditions(
        methods=methods,
        available=interpreter.methods,
        python=interpreter.path,
        form=_form(options),
        system=interpreter.system,
        seed=options.seed,
        only=options.properties,
        trace=options.trace,
    )
    follow_links = options.level == "student"
    slots = [_take(course, each, folder, follow_links) for each in exercises]
    reporter = _InOrder(slots, on_result)
    targets = [slot for slot in slots if isinstance(slot, judge.Target)]
    before = _children_cpu()
    plugin = _run(course, targets, conditions, reporter.found)
    spent = time.process_time()
    ready_at = plugin.ready_at or spent
    if plugin.faults and len(reporter.results) < len(slots):
        raise GraderFault("\n\n".join(plugin.faults))
    for fault in plugin.faults:
        print(fault, file=sys.stderr)
    results = tuple(reporter.results)
    return verdict.Record(
        format=verdict.FORMAT,
        version=verdict.VERSION,
        course=course.title,
        level=options.level,
        portable=conditions.form is Form.PORTABLE,
        seed=options.seed,
        python=interpreter.version,
        system=interpreter.system,
        methods=methods,
        exercises=results,
        points=round(sum(each.points for each in results), 2),
        max_points=sum(each.max_points for each in results),
        cost=verdict.Cost(
            imports=round(ready_at, 3),
            judging=round(spent - ready_at, 3),
            submissions=round(_children_cpu() - before, 3),
        ),
    )


def _form(options: Options) -> Form:
    if options.level == "instructor":
        from grader.system import sandbox

        sandbox.insist(options.python or sys.executable)
        return Form.SANDBOX
    return Form.PORTABLE if options.portable or system.is_portable_only() else Form.PLAIN


class _InOrder:
    """Passes results on in the order of the course, each as soon as those before it are known."""

    def __init__(
        self,
        slots: list[judge.Target | verdict.ExerciseResult],
        on_result: Callable[[verdict.ExerciseResult], None],
    ) -> None:
        self.results: list[verdict.ExerciseResult] = []
        self._slots = slots
        self._on_result = on_result
        self._pass_known()

    def found(self, result: verdict.ExerciseResult) -> None:
        self._pass(result)
        self._pass_known()

    def _pass_known(self) -> None:
        for slot in self._slots[len(self.results) :]:
            if isinstance(slot, judge.Target):
                return
            self._pass(slot)

    def _pass(self, result: verdict.ExerciseResult) -> None:
        self.results.append(result)
        self._on_result(result)


def _take(
    course: Course, exercise: Exercise, folder: Path, follow_links: bool
) -> judge.Target | verdict.ExerciseResult:
    """The submitted file as a target, or the result that needs no run."""
    name = course.file_name(exercise)
    try:
        source = intake.take(folder / name, follow_links)
    except intake.Unusable as reason:
        return judge.nothing_to_grade(exercise, name, Status.WRONG, str(reason))
    if source is None:
        return judge.nothing_to_grade(
            exercise, name, Status.NOT_ATTEMPTED, f"There is no file {name}."
        )
    if not source.strip():
        return judge.nothing_to_grade(exercise, name, Status.NOT_ATTEMPTED, f"{name} is empty.")
    if originals.is_untouched(source, originals.original(course, exercise)):
        return judge.nothing_to_grade(
            exercise, name, Status.NOT_ATTEMPTED, "The stub is untouched."
        )
    return judge.Target(exercise, course.properties(exercise), name, source)


def _run(
    course: Course,
    targets: list[judge.Target],
    conditions: judge.Conditions,
    on_result: Callable[[verdict.ExerciseResult], None],
) -> judge.Judge:
    plugin = judge.Judge(course, targets, conditions, on_result)
    if not targets:
        return plugin
    examples.steady_inputs()
    arguments = [*_PYTEST, f"--rootdir={course.folder}", f"--confcutdir={course.folder}"]
    for name in _PLUGINS_OFF:
        arguments += ["-p", f"no:{name}"]
    arguments += [str(target.properties) for target in targets]
    # Autoload lets whatever is installed into the verdict.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    # Its tables of Unicode are worth keeping, but outside the course: beside the environment.
    hypothesis.configuration.set_hypothesis_home_dir(Path(sys.prefix) / "hypothesis")
    # What is loaded stays: collecting it again and again would cost a tenth of a second.
    gc.freeze()
    try:
        code = pytest.main(arguments, plugins=[plugin])
    except BaseException:
        plugin.abort()
        raise
    if plugin.interrupted:
        plugin.abort()
        raise KeyboardInterrupt
    if plugin.unknown and not plugin.faults:
        asked = ", ".join(map(repr, plugin.unknown))
        raise WrongUse(f"There is no property {asked} in what is to be graded.")
    expected = (
        pytest.ExitCode.OK,
        pytest.ExitCode.TESTS_FAILED,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    )
    if code not in expected:
        plugin.faults.append(f"pytest ended with {code!r}")
    return plugin


def find_interpreter(path: str | None) -> Interpreter:
    """Look at the Python that is to run submissions.

    Raises:
        WrongUse: it does not start, or is older than 3.11.
    """
    if path is None:
        return Interpreter(
            sys.executable, platform.python_version(), sys.platform, tuple(system.start_methods())
        )
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _PROBE],
            capture_output=True,
            timeout=60,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        version_info, version, platform_name, methods = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise WrongUse(
            f"--python {path}: this is no Python that can be started ({error})."
        ) from None
    if version_info < [3, 11]:
        raise WrongUse(f"--python {path}: Python {version} is too old; 3.11 or newer is needed.")
    order = [each for each in ("spawn", "fork", "forkserver") if each in methods]
    return Interpreter(path, version, platform_name, tuple(order))


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system
