"""Repeat one failed call outside the grader: the student's own file, their terminal, no time limit.

The property's function is run again with the input that failed, so the same objects are placed and
the same judgement is made; but prints appear at once, `breakpoint()` works, and nothing is hidden.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from grader import examples, feedback, intake, memory, system, terminal, verdict
from grader.course import Course, Exercise
from grader.errors import WrongUse
from grader.failure import Failed
from grader.inside.kit import wire
from grader.session import Session
from grader.submission import Submission
from grader.system import Form


def run(course: Course, exercise: Exercise, property_id: str, method: str | None) -> int:
    """Repeat the last failure of a property.

    Args:
        course: where the exercise is.
        exercise: which one.
        property_id: such as ``P3``.
        method: under which start method; None for the first that failed.

    Returns:
        0 if the call is right now, 1 if it still fails.

    Raises:
        WrongUse: nothing is known of such a failure.
    """
    folder, run_record = _last_failure(course, exercise, property_id, method)
    assert run_record.finding is not None
    test = _property(course.properties(exercise), property_id)
    inputs = _inputs(exercise, test, run_record.finding.replay)
    file = folder / course.file_name(exercise)
    if intake.take(file, follow_links=True) is None:
        raise WrongUse(f"There is no file {file}.")
    under = f" under {run_record.method}" if run_record.method else ""
    terminal.say(f"{exercise.id} {property_id}{under}, with {file.name} as it is now.")
    for name, value in inputs.items():
        terminal.say(f"  {name} = {value!r}")
    terminal.say("No time limit; Ctrl-C ends it. What your code prints follows.\n")
    failed = _repeat(course, exercise, file, run_record.method, test, inputs)
    terminal.say()
    if failed is None:
        terminal.say("It is right now. Grade it: " + f"{terminal.command()} grade {exercise.id}")
        return 0
    for line in feedback.explain_failure(failed):
        terminal.say(line)
    return 1


def _last_failure(
    course: Course, exercise: Exercise, property_id: str, method: str | None
) -> tuple[Path, verdict.Run]:
    again = _again(exercise)
    kept = memory.last_result(course, exercise.id)
    if kept is None:
        raise WrongUse(f"Exercise {exercise.id} was not graded here yet. {again}")
    try:
        result = msgspec.convert(kept["result"], verdict.ExerciseResult)
        folder = Path(kept["folder"])
    except (KeyError, TypeError, msgspec.ValidationError):
        raise WrongUse(f"What was kept of the last grading cannot be read. {again}") from None
    known = [each.id for each in result.properties]
    runs = [run for each in result.properties if each.id == property_id for run in each.runs]
    if not runs:
        raise WrongUse(
            f"Exercise {exercise.id} has no results for {property_id!r}; "
            f"it has {', '.join(known) or 'none'}. {again}"
        )
    for run in runs:
        if (
            run.finding is not None
            and run.finding.replay is not None
            and method in (None, run.method)
        ):
            return folder, run
    raise WrongUse(f"{property_id} did not fail when exercise {exercise.id} was graded last.")


def _again(exercise: Exercise) -> str:
    return f"Grade it first: {terminal.command()} grade {exercise.id}"


def _inputs(exercise: Exercise, test: Any, replay: Any) -> dict[str, Any]:
    """What failed, by name; a property written anew since then may ask for other things."""
    try:
        inputs: dict[str, Any] = wire.decode(replay)
        inspect.signature(test).bind(session=None, **inputs)
    except (TypeError, wire.WireError):
        raise WrongUse(
            f"The property was changed since the last grading. {_again(exercise)}"
        ) from None
    return inputs


def _property(path: Path, property_id: str) -> Any:
    """The undecorated function of a property."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module: ModuleType = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for name, value in vars(module).items():
        if name.upper().startswith(f"TEST_{property_id}_"):
            return examples.undecorated(value)
    raise WrongUse(f"{path.name} has no property {property_id}.")


def _repeat(
    course: Course,
    exercise: Exercise,
    file: Path,
    method: str | None,
    test: Any,
    inputs: dict[str, Any],
) -> Failed | None:
    submission = Submission(
        file.read_bytes(),
        file.name,
        python=sys.executable,
        course=course.folder,
        drivers=f"drive_{exercise.id}",
        processes=exercise.processes,
        form=Form.PORTABLE if system.is_portable_only() else Form.PLAIN,
        attached=True,
        where=file.parent,
    )
    session = Session(submission, exercise.functions, method, limit=None)
    try:
        session.begin()
        test(session=session, **inputs)
    except Failed as failed:
        session.explain(failed)
        return failed
    finally:
        session.close()
        submission.close()
    return None
