"""What has to be graded, and when its record is right.

=================  ================================================================================
stub               fails its first property, under one start method
reference          passes under every start method, without a remark
alternative        passes under every start method
misconception      its own property fails under the methods of its header, and says which it is
=================  ================================================================================

``--full`` adds every other property and method to every misconception, every method to the stub,
and the portable form to what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import system
from grader.authors import exercise_rules, files, programs, remembered
from grader.authors.exercise_rules import Header, Properties
from grader.authors.refusal import place
from grader.authors.runner import Case, Ended, Outcome, Processes
from grader.course import Course, Exercise, Lesson
from grader.failure import Status
from grader.verdict import ExerciseResult, PropertyResult, Run, from_json

_SECONDS = 240  # of one grading; the grader itself ends an exercise within a minute
_FINE = (Status.PASSED, Status.NOT_CHECKED)
_CAUGHT = (
    *(Status.WRONG, Status.RAISED, Status.TIMED_OUT, Status.CRASHED),
    *(Status.LEFT_BEHIND, Status.TOO_MANY),
)
# Without it the grader knows the stub for what it is, and does not run it.
_TOUCHED = b"\n_touched = True\n"

Judge = Callable[[list[ExerciseResult]], Outcome]


@dataclass(frozen=True)
class Graded:
    """One grading of one file.

    Attributes:
        content: what is graded.
        judge: decides about the results; there is one more whenever a start method was left out.
        only: the property to run; empty for all.
        methods: start methods; empty for all.
        portable: whether to use the form for any system.
    """

    label: str
    where: str
    todo: str
    course: Course
    exercise: Exercise
    content: bytes
    judge: Judge
    only: str = ""
    methods: tuple[str, ...] = ()
    portable: bool = False

    @property
    def scope(self) -> str:
        """The exercise."""
        return self.exercise.id

    def key(self) -> str:
        """Digest of everything that has a say in the verdict."""
        of_exercise = remembered.of_exercise(self.course, self.exercise)
        asked = (self.only, self.methods, self.portable)
        return remembered.digest(self.content, asked, of_exercise, remembered.of_grader())

    def run(self, processes: Processes, scratch: Path) -> Outcome:
        """Grade it once; a method that was left out because of another, by itself."""
        (scratch / self.course.file_name(self.exercise)).write_bytes(self.content)
        results: list[ExerciseResult] = []
        methods = self.methods
        while True:
            (scratch / "record.json").unlink(missing_ok=True)
            ended = processes.run(
                self._command(scratch, methods),
                cwd=scratch,
                env=programs.environment(),
                scratch=scratch,
                seconds=_SECONDS,
            )
            try:
                record = from_json((scratch / "record.json").read_bytes())
            except (OSError, ValueError):
                return _no_record(ended)
            results += record.exercises
            methods = tuple(self._left_out(record.exercises[0]))
            if not methods:
                return self.judge(results)

    def _left_out(self, result: ExerciseResult) -> Iterator[str]:
        if self.only:
            for _, run in _runs([result]):
                if run.status is Status.NOT_RUN and run.method:
                    yield run.method

    def _command(self, scratch: Path, methods: tuple[str, ...]) -> list[str]:
        command = [*programs.start("cli"), "grade", self.exercise.id, "--keep-nothing"]
        command += ["--course", str(self.course.folder), "--from", str(scratch)]
        command += ["--json", str(scratch / "record.json")]
        for method in methods:
            command += ["--start-method", method]
        if self.only:
            command += ["--property", self.only]
        return [*command, "--portable"] if self.portable else command


def _no_record(ended: Ended) -> Outcome:
    code = "no end" if ended.code is None else f"exit code {ended.code}"
    last = " / ".join(ended.output.strip().splitlines()[-3:])
    return Outcome((f"the grader made no record ({code}): {last}",), fault=True)


def _runs(results: list[ExerciseResult]) -> Iterator[tuple[PropertyResult, Run]]:
    for result in results:
        for each in result.properties:
            for run in each.runs:
                yield each, run


def _is_fault(results: list[ExerciseResult]) -> bool:
    return any(result.status is Status.GRADER_FAULT for result in results)


def _under(run: Run) -> str:
    return f" under {run.method}" if run.method else ""


def must_fail(results: list[ExerciseResult]) -> Outcome:
    """A stub: it may not pass, nor earn anything."""
    (result,) = results
    if result.points or result.status is Status.PASSED:
        passed = ", ".join(p.id for p in result.properties if p.status is Status.PASSED)
        return Outcome((f"the stub earns {result.points:g} points: {passed} passes.",))
    says = ("the grader itself failed.",) if _is_fault(results) else ()
    return Outcome(says, fault=_is_fault(results))


def must_pass(results: list[ExerciseResult]) -> Outcome:
    """A right solution: every property passes under every method, and nothing is remarked."""
    problems = [
        f"{each.id}{_under(run)}: {run.status}: {run.finding.says if run.finding else ''}"
        for each, run in _runs(results)
        if run.status not in _FINE
    ]
    problems += [f"remark: {remark}" for result in results for remark in result.remarks]
    if not any(result.properties for result in results):
        problems += [f"{result.status}: {result.reason}" for result in results]
    elif not problems and any(result.status not in _FINE for result in results):
        problems += [f"{result.status}" for result in results]
    return Outcome(tuple(problems), fault=_is_fault(results))


@dataclass(frozen=True)
class MustBeCaught:
    """A misconception: its property fails under each method, and the feedback names it."""

    name: str

    def __call__(self, results: list[ExerciseResult]) -> Outcome:
        """Judge the results."""
        known = [(each, run) for each, run in _runs(results) if run.status is not Status.NOT_RUN]
        problems = [text for each, run in known for text in self._problems(each, run)]
        if not known:
            problems = [f"{result.status}: {result.reason}" for result in results]
        return Outcome(tuple(problems), fault=_is_fault(results))

    def _problems(self, each: PropertyResult, run: Run) -> Iterator[str]:
        if run.status is Status.NOT_CHECKED:
            return
        if run.status not in _CAUGHT:
            why = f" ({run.finding.says})" if run.finding is not None else ""
            yield f"{each.id} does not catch it{_under(run)}: {run.status}.{why}"
            return
        assert run.finding is not None
        named = [likely.name for likely in run.finding.likely]
        if self.name not in named:
            yield (
                f"{each.id} catches it{_under(run)}, but the feedback names "
                f"{', '.join(named) or 'nothing'}; seen: {run.finding.says}"
            )


def only_look(results: list[ExerciseResult]) -> Outcome:
    """One more square of the cross product: whatever it is, unless the grader fails."""
    failed = [run.method or "" for _, run in _runs(results) if run.status in _CAUGHT]
    note = " ".join(["fails", *failed]).strip() if failed else "passes"
    says = ("the grader itself failed.",) if _is_fault(results) else ()
    return Outcome(says, note, fault=_is_fault(results))


def of_lesson(course: Course, lesson: Lesson) -> Iterator[Case]:
    """Import it, and run it under every start method."""
    file = course.lesson_file(lesson.id)
    where = place(course.folder, file)
    paths = (course.folder, remembered.HOME)
    label = f"lesson {lesson.id}"
    yield programs.Import(f"{label} import", where, lesson.id, f"lessons.{file.stem}", file, paths)
    for method in system.start_methods():
        yield programs.Lesson(f"{label} {method}", where, lesson.id, file, method)


def of_exercise(
    course: Course, exercise: Exercise, module: Properties, full: bool
) -> Iterator[Case]:
    """Everything to run for one exercise whose files are all there."""
    make = _Maker(course, exercise, module, full)
    yield from make.imports()
    yield make.stub()
    right = [files.reference(course, exercise), *files.alternatives(course, exercise)]
    for number, path in enumerate(right):
        yield from make.right(path, "alternative" if number else "reference")
    for path in files.misconceptions(course, exercise):
        yield from make.wrong(path)


@dataclass(frozen=True)
class _Maker:
    course: Course
    exercise: Exercise
    module: Properties
    full: bool

    def _graded(
        self,
        label: str,
        path: Path,
        judge: Judge,
        todo: str,
        *,
        more: bytes = b"",
        only: str = "",
        methods: tuple[str, ...] = (),
        portable: bool = False,
    ) -> Graded:
        return Graded(
            label=f"{self.exercise.id} {label}",
            where=place(self.course.folder, path),
            todo=todo,
            course=self.course,
            exercise=self.exercise,
            content=path.read_bytes() + more,
            judge=judge,
            only=only,
            methods=methods,
            portable=portable,
        )

    def imports(self) -> Iterator[Case]:
        """Stub and reference do nothing when they are imported."""
        stub, reference = (
            self.course.stub(self.exercise),
            files.reference(self.course, self.exercise),
        )
        for name, path in (("stub", stub), ("reference", reference)):
            yield programs.Import(
                label=f"{self.exercise.id} {name} import",
                where=place(self.course.folder, path),
                scope=self.exercise.id,
                name=path.stem,
                file=path,
                paths=(self.course.folder / "exercises",),
                may_act=self.module.script if name == "stub" else "",
            )

    def stub(self) -> Case:
        """The stub must fail."""
        first = tuple(system.start_methods()[:1]) if self.exercise.processes else ()
        return self._graded(
            "stub",
            self.course.stub(self.exercise),
            must_fail,
            "Leave a visible hole where the student's code goes.",
            more=_TOUCHED,
            # Nothing is earned while the first property has not passed.
            only="" if self.full else "P1",
            methods=() if self.full else first,
        )

    def right(self, path: Path, kind: str) -> Iterator[Case]:
        """Whatever is right must pass."""
        label = kind if kind == "reference" else f"{kind} {path.stem}"
        todo = "Mend it, or the property that refuses it."
        yield self._graded(label, path, must_pass, todo)
        if self.full:
            yield self._graded(f"{label} portable", path, must_pass, todo, portable=True)

    def wrong(self, path: Path) -> Iterator[Case]:
        """A misconception must be caught and named."""
        head = exercise_rules.header(path)
        if head is None:
            return
        methods = tuple(each for each in head.methods if each in exercise_rules.METHODS)
        yield self._graded(
            f"{path.stem} {head.caught_by}",
            path,
            MustBeCaught(path.stem),
            f"Mend it, or {self.module.path.name}.",
            only=head.caught_by,
            methods=methods,
        )
        if self.full:
            yield from self._other_squares(path, head, methods)

    def _other_squares(self, path: Path, head: Header, methods: tuple[str, ...]) -> Iterator[Case]:
        todo = "Report what the grader printed."
        rest = tuple(each for each in system.start_methods() if each not in methods)
        for each in self.module.properties:
            own = each.id == head.caught_by
            if own and not (rest and self.exercise.processes):
                continue
            yield self._graded(
                f"{path.stem} {each.id}{' elsewhere' if own else ''}",
                path,
                only_look,
                todo,
                only=each.id,
                methods=rest if own else (),
            )
