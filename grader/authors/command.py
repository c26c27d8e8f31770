"""``python -m grader check``: what is asked for, in which order, and what is printed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader import system, terminal
from grader.authors import cases, cells, claim_rules, exercise_rules, files, lesson_rules, runner
from grader.authors.refusal import Refusal, line_of, place
from grader.authors.remembered import Store
from grader.authors.runner import Case, Tally
from grader.course import Course, Exercise, Lesson

_LABEL = 46


@dataclass(frozen=True)
class Options:
    """How to check.

    Attributes:
        full: the cross product of misconceptions, properties and start methods.
        repeat: how often every case must be right.
        jobs: how many processes at a time; 0 for one on every core.
    """

    full: bool = False
    repeat: int = 1
    jobs: int = 0


@dataclass(frozen=True)
class Scope:
    """What was asked for.

    Attributes:
        lessons: whose text is read, and which are run.
        exercises: those that are checked.
        everything: whether it is the whole course.
    """

    lessons: tuple[Lesson, ...]
    exercises: tuple[Exercise, ...]
    everything: bool

    def __str__(self) -> str:
        both = [(len(self.exercises), "exercise"), (len(self.lessons), "lesson")]
        return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in both if n)


@dataclass
class Findings:
    """What a check has found so far."""

    refusals: list[Refusal] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    observed: list[str] = field(default_factory=list)
    fault: bool = False


def choose(course: Course, wanted: list[str]) -> Scope:
    """Lessons and exercises by id: ``02`` for a lesson with its exercises, ``02_1``; all for none.

    Raises:
        WrongUse: no such lesson or exercise.
    """
    if not wanted:
        return Scope(course.lessons, course.exercises, True)
    numbers = {each.removeprefix("lesson-").zfill(2) for each in wanted}
    lessons = tuple(lesson for lesson in course.lessons if lesson.id in numbers)
    without = {lesson.id for lesson in lessons if not lesson.exercises}
    rest = [each for each in wanted if each.removeprefix("lesson-").zfill(2) not in without]
    return Scope(lessons, tuple(course.select(rest)) if rest else (), False)


def run(course: Course, wanted: list[str], options: Options) -> int:
    """Check, and print what is refused.

    Returns:
        0 if nothing is, 1 if something is, 3 if the grader itself failed.

    Raises:
        WrongUse: no such exercise or lesson, or a file of claims that cannot be read.
    """
    started = time.monotonic()
    scope = choose(course, wanted)
    terminal.say(f"{course.title}: checking {scope or 'an empty course'}")
    findings = read(course, scope, full=options.full)
    remembered = _run_cases(course, options, findings)
    _print(findings)
    done = f"{len(findings.cases)} cases ({remembered} remembered)"
    count = len(findings.refusals)
    terminal.say(
        f"{scope or 'empty'}: {done}, {count} refused, {time.monotonic() - started:.1f} s."
    )
    if findings.fault:
        return 3
    return 1 if findings.refusals else 0


def read(course: Course, scope: Scope, *, full: bool = False) -> Findings:
    """All that can be said without running anything, and the cases that are worth running.

    Raises:
        WrongUse: the file of claims cannot be read.
    """
    findings = Findings()
    claims = claim_rules.load(course.folder)
    if scope.everything:
        findings.refusals += [*files.unknown(course), *_stale_originals(course)]
    for lesson in scope.lessons:
        _lesson(course, lesson, claims, findings)
    for exercise in scope.exercises:
        _exercise(course, exercise, full, findings)
    return findings


def _lesson(
    course: Course, lesson: Lesson, claims: list[claim_rules.Claim], findings: Findings
) -> None:
    missing = list(files.missing_lesson(course, lesson))
    findings.refusals += missing
    if missing:
        return
    path = course.lesson_file(lesson.id)
    try:
        text = cells.cut(path, lesson.id)
    except cells.Unreadable as error:
        where = place(course.folder, path, error.line)
        findings.refusals.append(
            Refusal(where, f"it cannot be cut into cells: {error}", "Mend it.", lesson.id)
        )
        return
    findings.refusals += lesson_rules.check(course.folder, text)
    findings.refusals += claim_rules.check(course.folder, text, claims)
    findings.cases += cases.of_lesson(course, lesson)


def _exercise(course: Course, exercise: Exercise, full: bool, findings: Findings) -> None:
    missing = list(files.missing(course, exercise))
    findings.refusals += missing
    if missing:
        return
    path = course.properties(exercise)
    try:
        module = exercise_rules.load(path)
    except exercise_rules.NotUsable as error:
        where = place(course.folder, path, error.line)
        findings.refusals.append(Refusal(where, str(error), "Mend it.", exercise.id))
        return
    findings.refusals += exercise_rules.check(course, exercise, module)
    findings.observed += _observed(exercise, module)
    findings.cases += cases.of_exercise(course, exercise, module, full)


def _observed(exercise: Exercise, module: exercise_rules.Properties) -> Iterator[str]:
    for each in module.properties:
        if each.evidence is not None and "observed" in each.evidence.kinds:
            yield f"{exercise.id} {each.id}: {each.evidence.reason}"


def _stale_originals(course: Course) -> Iterator[Refusal]:
    path = course.folder / "exercises" / "originals.json"
    known = {each.id for each in course.exercises}
    for name in sorted(_ids(path) - known):
        where = place(course.folder, path, line_of(path, f'"{name}"'))
        yield Refusal(
            where, f"there is no exercise {name}.", "Write it anew: python -m grader originals."
        )


def _ids(path: Path) -> set[str]:
    try:
        return set(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return set()  # every exercise then says that its stub is not kept


def _run_cases(course: Course, options: Options, findings: Findings) -> int:
    """Run what is not remembered; return how many were."""
    store, keys = Store(course), {}
    tallies = []
    for case in findings.cases:
        keys[case.label] = case.key()
        passes, note = store.passes(case.label, keys[case.label])
        tally = Tally(case, options.repeat, min(passes, options.repeat))
        if tally.complete and (options.repeat > 1 or note):
            terminal.say(_row(tally, note))
        tallies.append(tally)

    def done(tally: Tally) -> None:
        note = tally.outcomes[-1].note
        terminal.say(_row(tally, note))
        findings.refusals += _refusals(tally)
        findings.fault = findings.fault or any(each.fault for each in tally.outcomes)
        if not tally.problems:
            store.keep(tally.case.label, keys[tally.case.label], tally.passed, note)
            store.save()

    known = [tally for tally in tallies if tally.complete]
    runner.run_all([each for each in tallies if not each.complete], _jobs(options), done)
    return len(known)


def _jobs(options: Options) -> int:
    if options.jobs:
        return options.jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _row(tally: Tally, note: str) -> str:
    count = f"{tally.passed} of {tally.wanted}"
    took = f"{tally.seconds:6.1f} s" if tally.outcomes else "remembered"
    return f"  {tally.case.label:<{_LABEL}} {count:>9}  {took:<10}  {note}".rstrip()


def _refusals(tally: Tally) -> Iterator[Refusal]:
    often = f" ({tally.wanted - tally.passed} of {tally.wanted} times)" if tally.wanted > 1 else ""
    for problem in tally.problems:
        case = tally.case
        yield Refusal(case.where, problem + often, case.todo, case.scope)


def _print(findings: Findings) -> None:
    terminal.say()
    if findings.observed:
        terminal.say("Only observed, so that a hostile file could forge them:")
        for line in findings.observed:
            terminal.say(f"  {line}")
        terminal.say()
    if system.is_portable_only():
        terminal.say("This system cannot tell whether a lesson leaves processes; Linux can.\n")
    if findings.refusals:
        terminal.say("Refused:")
        for refusal in sorted(findings.refusals, key=lambda each: each.where):
            for line in refusal.lines(terminal.command()):
                terminal.say(f"  {line}")
        terminal.say()
