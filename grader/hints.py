"""Hints, one more each time, and the way back to the stub. Standard library only."""

from __future__ import annotations

from grader import memory, originals
from grader.course import Course, Exercise
from grader.errors import WrongUse


def next_hint(course: Course, exercise: Exercise) -> str:
    """The next hint of an exercise as text, and remember that it was shown.

    After the last one the strongest is shown again.

    Raises:
        WrongUse: the exercise has none.
    """
    if not exercise.hints:
        raise WrongUse(f"Exercise {exercise.id} has no hints.")
    number = min(memory.hints_shown(course).get(exercise.id, 0) + 1, len(exercise.hints))
    memory.remember_hints(course, exercise, number)
    hint = exercise.hints[number - 1]
    place = course.cell(hint.cell)
    shown = (
        f"{place[0].relative_to(course.folder).as_posix()}:{place[1]}" if place else "the lesson"
    )
    left = len(exercise.hints) - number
    more = f"{left} more: the same command again." if left else "That was the last one."
    return (
        f"{exercise.id} · {exercise.title} · hint {number} of {len(exercise.hints)}\n\n"
        f"{hint.text}\n\nIt is shown in {shown} (cell {hint.cell}). {more}"
    )


def reset(course: Course, exercise: Exercise) -> str:
    """Bring the stub back, after saving the student's file; say where it was saved.

    Raises:
        WrongUse: the course does not have the stub, or the file cannot be saved or written.
    """
    stub = originals.original(course, exercise)
    file = course.folder / "exercises" / course.file_name(exercise)
    saved = ""
    try:
        if file.exists():
            if file.read_bytes() == stub.encode():
                return f"{file.name} is the stub already."
            place = memory.save_aside(course, file)
            saved = f" Your file is saved as {place.relative_to(course.folder).as_posix()}."
        file.write_text(stub, encoding="utf-8", newline="\n")
    except OSError as error:
        raise WrongUse(f"{file.name} stays as it is: {error}") from None
    memory.remember_hints(course, exercise, 0)
    return f"{file.name} is the stub again.{saved}"
