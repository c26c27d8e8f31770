"""The commands. Each does its work elsewhere; here are words, order and exit codes.

Exit codes: 0 all asked-for exercises passed; 1 some did not; 2 wrong use, with one clear line;
3 the grader's own fault; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from grader import course as courses
from grader import interrupts
from grader.errors import GraderFault, WrongUse

if TYPE_CHECKING:
    from grader.verdict import ExerciseResult

HOME = Path(__file__).resolve().parent.parent
"""The course that this grader came with."""
VERSION = "0.1.0"
_FOR_AUTHORS = Path(__file__).with_name("edition.py").exists()
"""Whether this is the whole project; the students' copy lacks what only authors need."""
PASSED, FAILED, WRONG_USE, FAULT, STOPPED = 0, 1, 2, 3, 130


def main(argv: list[str]) -> int:
    """Run one command.

    Args:
        argv: the words after ``python -m grader``.

    Returns:
        The exit code.
    """
    interrupts.install()
    if isinstance(sys.stdout, io.TextIOWrapper):  # no character may stop a verdict
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(argv or ["--help"])
        code: int = options.run(options)
        return code
    except WrongUse as error:
        return _end(str(error), WRONG_USE)
    except GraderFault as error:
        return _end(f"The grader itself failed; no mark is changed by that.\n{error}", FAULT)
    except KeyboardInterrupt:
        return _end("\nStopped. Nothing is left running.", STOPPED)
    except BrokenPipeError:
        _say_no_more()
        return FAILED
    except Exception:
        return _end(f"The grader itself failed.\n{traceback.format_exc()}", FAULT)


def _say_no_more() -> None:
    """Whoever read the output is gone; a complaint about that would be noise."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _end(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message}. What there is: python -m grader --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m grader", description="Grade exercises on processes.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"grader {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        added.set_defaults(run=run)
        added.add_argument(
            "--course", type=Path, default=HOME, metavar="DIR", help="another course"
        )
        return added

    _grade_arguments(command("grade", _grade, "grade exercises and say what to do next"))

    repro = command("repro", _repro, "repeat the call that failed, with prints and a debugger")
    repro.add_argument("exercise", help="such as 02_1")
    repro.add_argument("property", help="such as P3")
    repro.add_argument("--start-method", metavar="M", help="if it failed under several")

    for name, run, text in (
        ("hint", _hint, "show one more hint"),
        ("reset", _reset, "bring the stub back, after saving your file"),
    ):
        command(name, run, text).add_argument("exercise", help="such as 02_1")

    # Carried out before the environment is asked for; here so that the help names it.
    lesson = command("lesson", None, "run a lesson as a plain program")
    lesson.add_argument("number", help="such as 02; the start method is taken from START")
    command("sandbox", _sandbox, "say whether this machine can lock submissions in")
    command("schema", _schema, "print the record's format as JSON Schema")
    if _FOR_AUTHORS:
        _add_author_commands(command)
    return parser


def _add_author_commands(command: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    edition = command("student-edition", _student_edition, "make the copy that students get")
    edition.add_argument("--out", type=Path, metavar="DIR", help="where to, by default build/")

    bench = command("bench", _bench, "measure what grading costs")
    bench.add_argument("--runs", type=int, default=5, metavar="N", help="rounds, by default 5")

    _check_arguments(command("check", _check, "refuse what a reader would stumble over"))
    notebooks = command("notebooks", _notebooks, "record lessons as notebooks")
    notebooks.add_argument("lessons", nargs="*", metavar="NN", help="such as 02; by default all")
    notebooks.add_argument(
        "--start-method",
        choices=["fork", "spawn", "forkserver"],
        help="by default that of START, else Python's own",
    )
    notebooks.add_argument("--out", type=Path, metavar="DIR", help="by default build/notebooks")

    command("originals", _originals, "keep the present stubs as the originals")
    # Carried out before the environment is asked for, like lesson.
    command("test", None, "run the project's own tests")
    command("lint", None, "check style and types")
    command("lock", None, "write the locks anew")


def _grade_arguments(grade: argparse.ArgumentParser) -> None:
    grade.add_argument(
        "exercises", nargs="*", metavar="EX", help="02_1, or 02 for a lesson; or all"
    )
    grade.add_argument(
        "--from", dest="folder", metavar="DIR", help="where the files are, by default exercises/"
    )
    grade.add_argument(
        "--level", default="student", choices=["student", "instructor"], help="how it is locked in"
    )
    grade.add_argument(
        "--start-method",
        dest="methods",
        action="append",
        default=[],
        choices=["fork", "spawn", "forkserver"],
        help="once or more; by default all",
    )
    grade.add_argument("--property", dest="properties", action="append", default=[], metavar="P1")
    grade.add_argument("--seed", type=int, metavar="N", help="draw other inputs, from this number")
    grade.add_argument("--python", metavar="PATH", help="the Python that runs the submission")
    grade.add_argument("--portable", action="store_true", help="use the form for any system")
    grade.add_argument("--json", type=Path, metavar="FILE", help="write the record; - for stdout")
    grade.add_argument("--trace", type=Path, help=argparse.SUPPRESS)
    # For the author's check: it must not take the place of the last result that `repro` repeats.
    grade.add_argument("--keep-nothing", action="store_true", help=argparse.SUPPRESS)


def _check_arguments(check: argparse.ArgumentParser) -> None:
    check.add_argument("exercises", nargs="*", metavar="EX", help="02_1, or 02; by default all")
    check.add_argument(
        "--full", action="store_true", help="all misconceptions, properties and start methods"
    )
    check.add_argument("--repeat", type=_count, default=1, metavar="N", help="how often each runs")
    check.add_argument("--jobs", type=_count, default=0, metavar="N", help="at a time; all cores")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _grade(options: argparse.Namespace) -> int:
    course = courses.load(options.course.resolve())
    exercises = course.select(options.exercises)
    folder = _folder(course, options.folder)
    quiet = options.json is not None and str(options.json) == "-"
    if not quiet:
        what = f"{len(exercises)} exercise{'s' if len(exercises) != 1 else ''}"
        print(f"{course.title}: grading {what} of {_short(folder)}", flush=True)
    # Not before the first line is out: these import pytest and hypothesis.
    from grader import feedback, grading, memory, terminal, verdict

    def show(result: ExerciseResult) -> None:
        if not quiet:
            try:
                terminal.say(terminal.row(result))
            except BrokenPipeError:
                _say_no_more()

    record = grading.grade(
        course,
        exercises,
        folder,
        grading.Options(
            level=options.level,
            methods=tuple(dict.fromkeys(options.methods)),
            python=options.python,
            portable=options.portable,
            seed=options.seed,
            properties=frozenset(each.upper() for each in options.properties),
            trace=options.trace,
        ),
        show,
    )
    for result in () if options.keep_nothing else record.exercises:
        memory.keep_result(course, result.id, repro_data(result, folder, record))
    if options.json is not None:
        _write_json(options.json, verdict.to_json(record))
    results = list(record.exercises)
    if not quiet:
        _details(results)
        terminal.say(f"{record.points:g} of {record.max_points} points.")
        terminal.say(feedback.next_step(results, terminal.command()))
    return _exit_code(results)


def repro_data(result: ExerciseResult, folder: Path, record: object) -> dict[str, object]:
    """What ``repro`` needs later."""
    import msgspec

    from grader import verdict

    assert isinstance(record, verdict.Record)
    return {
        "folder": str(folder),
        "python_portable": record.portable,
        "result": msgspec.to_builtins(result),
    }


def _exit_code(results: list[ExerciseResult]) -> int:
    from grader.failure import Status

    statuses = {result.status for result in results}
    if Status.GRADER_FAULT in statuses:
        return FAULT
    return PASSED if statuses <= {Status.PASSED} else FAILED


def _details(results: list[ExerciseResult]) -> None:
    """Explain the one exercise that was asked for, or the first that is not right."""
    from grader import feedback, terminal
    from grader.failure import Status

    fine = (Status.PASSED, Status.NOT_ATTEMPTED)
    failed = [result for result in results if result.status not in fine]
    terminal.say()
    if len(results) == 1 or failed:
        result = results[0] if len(results) == 1 else failed[0]
        for line in feedback.explain(result, terminal.command()):
            terminal.say(terminal.colour_statuses(line))
    if len(results) > 1 and len(failed) > 1:
        more = " ".join(result.id for result in failed[1:])
        terminal.say(
            f"Not right either: {more}. For the details: {terminal.command()} grade {more}\n"
        )


def _folder(course: courses.Course, wanted: str | None) -> Path:
    if wanted is None:
        return course.folder / "exercises"
    folder = Path(wanted)
    # `FROM=solutions` means the course's own, from wherever it is said.
    places = [folder, course.folder / folder]
    for place in places:
        if place.is_dir():
            return place.resolve()
    raise WrongUse(f"There is no folder {wanted!r}.")


def _short(path: Path) -> str:
    try:
        return f"{path.relative_to(HOME)}/"
    except ValueError:
        return f"{path}/"


def _write_json(path: Path, data: bytes) -> None:
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WrongUse(f"The record cannot be written: {error}") from None


def _repro(options: argparse.Namespace) -> int:
    from grader import repro

    course = courses.load(options.course.resolve())
    exercise = course.one(options.exercise)
    return repro.run(course, exercise, options.property.upper(), options.start_method)


def _hint(options: argparse.Namespace) -> int:
    from grader import hints

    course = courses.load(options.course.resolve())
    print(hints.next_hint(course, course.one(options.exercise)))
    return PASSED


def _reset(options: argparse.Namespace) -> int:
    from grader import hints

    course = courses.load(options.course.resolve())
    print(hints.reset(course, course.one(options.exercise)))
    return PASSED


def _student_edition(options: argparse.Namespace) -> int:
    from grader import edition

    course = courses.load(options.course.resolve())
    print(edition.make(course, HOME, options.out or course.folder / "build"))
    return PASSED


def _bench(options: argparse.Namespace) -> int:
    from grader import bench

    return bench.run(courses.load(options.course.resolve()), options.runs)


def _check(options: argparse.Namespace) -> int:
    try:
        from grader.authors import command
    except ModuleNotFoundError as error:
        if error.name != "grader.authors":
            raise
        raise WrongUse("This copy of the course is for students: nothing to check.") from None

    course = courses.load(options.course.resolve())
    return command.run(
        course,
        options.exercises,
        command.Options(full=options.full, repeat=options.repeat, jobs=options.jobs),
    )


def _notebooks(options: argparse.Namespace) -> int:
    from grader import terminal
    from grader.reading import notebooks, recorder
    from grader.reading.recording import Recording

    def say(recording: Recording, path: Path) -> None:
        terminal.say(f"{_short(path).rstrip('/')}  {recording.seconds:.1f} s")
        for line in notebooks.complaints(recording):
            terminal.say(f"  {line}")

    course = courses.load(options.course.resolve())
    method = options.start_method or os.environ.get("START") or None
    modules = recorder.modules(course.folder, options.lessons)
    out = options.out or course.folder / "build" / "notebooks"
    good = True
    for module in modules:
        recording = recorder.record(course.folder, module, start_method=method)
        say(recording, notebooks.write(recording, out.resolve()))
        good &= recording.good
    return PASSED if good else FAILED


def _originals(options: argparse.Namespace) -> int:
    from grader import originals

    path = originals.write(courses.load(options.course.resolve()))
    print(f"Written: {_short(path.parent)}{path.name}")
    return PASSED


def _sandbox(options: argparse.Namespace) -> int:
    from grader import terminal
    from grader.system import sandbox

    findings = sandbox.probe()
    for finding in findings:
        terminal.say(f"  {'yes' if finding.well else 'no ':<4} {finding.what}")
        if not finding.well and finding.remedy:
            terminal.say(f"       {finding.remedy}")
    if all(finding.well for finding in findings if finding.needed):
        terminal.say("Level instructor works here.")
        return PASSED
    terminal.say("Level instructor does not work here.")
    return WRONG_USE


def _schema(options: argparse.Namespace) -> int:
    import json

    from grader import verdict

    print(json.dumps(verdict.schema(), indent=1))
    return PASSED
