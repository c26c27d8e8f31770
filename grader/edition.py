"""The copy that students get: a folder, and a zip that is the same to the byte every time.

It holds what a student needs and nothing that answers for them: no solutions, no tests of the
project, no tools of its authors. README and Makefile are the student's own (``grader/student``).
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from grader import originals
from grader.course import MANIFEST, Course
from grader.errors import WrongUse

NAME = "processes-in-python"
_STUDENT = Path(__file__).resolve().parent / "student"
# Of the course; missing ones are left out, so that a tiny course has an edition too.
_COURSE = (MANIFEST, "lessons", "exercises")
# Of the project that the grader came with.
_PROJECT = ("requirements.lock", "LICENSE", "LICENSE-TEXT")
_GRADER_ONLY_AUTHORS = ("authors", "bare", "bench.py", "edition.py", "student")
_READING_FOR_STUDENTS = ("__init__.py", "rich.py")  # what lessons import; the rest records them
_MOMENT = (2000, 1, 1, 0, 0, 0)  # a zip stores times; these never change


def make(course: Course, home: Path, out: Path) -> str:
    """Write the edition and say where it is.

    Args:
        course: what the students get.
        home: the project, for the grader and the licences.
        out: folder in which the edition's folder and zip are made; an older one is replaced.

    Raises:
        WrongUse: a file in ``exercises/`` is no stub any more, or ``out`` cannot be written.
    """
    _check_stubs(course)
    folder = out / NAME
    _check_place(folder)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        files = _files(course, home)
        for name, source in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
        archive = _zip(folder, files, out / f"{NAME}.zip")
    except OSError as error:
        raise WrongUse(f"The student edition cannot be written: {error}") from None
    return f"Written: {folder} ({len(files)} files) and {archive.name} beside it."


def _check_stubs(course: Course) -> None:
    for exercise in course.exercises:
        stub = course.stub(exercise)
        if stub.read_text(encoding="utf-8", errors="replace") != originals.original(
            course, exercise
        ):
            raise WrongUse(
                f"exercises/{stub.name} is not the stub. Students would get it as it is: "
                f"python -m grader reset {exercise.id}, or, if it is the new stub: "
                "python -m grader originals"
            )


def _check_place(folder: Path) -> None:
    """Only an older edition is replaced: a clone of the project may well have the same name."""
    if not folder.exists():
        return
    precious = any((folder / name).exists() for name in (".git", "solutions", "grader/edition.py"))
    if precious or not (folder / MANIFEST).is_file():
        raise WrongUse(
            f"{folder} is there already, and it is no student edition. "
            "Move it away, or choose another place: --out DIR"
        )


def _files(course: Course, home: Path) -> dict[str, Path]:
    """Name in the edition to source, sorted by name."""
    files: dict[str, Path] = {}
    for base, names in ((home, _PROJECT), (course.folder, _COURSE)):
        for name in names:
            files |= {str(path.relative_to(base)): path for path in _walk(base / name)}
    grader = home / "grader"
    for path in _walk(grader):
        inner = path.relative_to(grader)
        if inner.parts[0] == "reading" and inner.name not in _READING_FOR_STUDENTS:
            continue
        if inner.parts[0] not in _GRADER_ONLY_AUTHORS:
            files[f"grader/{inner.as_posix()}"] = path
    files |= {path.name: path for path in _walk(_STUDENT)}
    return {name.replace("\\", "/"): files[name] for name in sorted(files)}


def _walk(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [
        each
        for each in path.rglob("*")
        if each.is_file() and not any(map(_is_litter, each.relative_to(path).parts))
    ]


def _is_litter(name: str) -> bool:
    """Whether a name is that of something a Python, an editor or a desktop has left."""
    return name.startswith(".") or name.endswith((".pyc", "~")) or name == "__pycache__"


def _zip(folder: Path, files: dict[str, Path], archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name in files:
            information = zipfile.ZipInfo(f"{NAME}/{name}", _MOMENT)
            information.compress_type = zipfile.ZIP_DEFLATED
            information.external_attr = 0o644 << 16
            information.create_system = 3
            target.writestr(information, (folder / name).read_bytes(), compresslevel=9)
    return archive
