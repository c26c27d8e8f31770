"""The copy that students get: the same to the byte each time, without answers, and it works."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from support import checkouts, command
from support.courses import CHECKOUT, Copy

from grader import course as courses
from grader import edition, originals
from grader.errors import WrongUse

AUTHORS = ("student-edition", "bench", "check", "notebooks", "originals", "test", "lint", "lock")
LITTER = (
    "grader/__pycache__/cli.pyc",
    "lessons/.DS_Store",
    "lessons/.ipynb_checkpoints/lesson_01_waiting.py",
    "exercises/.idea/x.py",
    "exercises/ex_01_1.py~",
)
posix = pytest.mark.skipif(os.name != "posix", reason="permissions")


def made(home: Path, out: Path) -> zipfile.ZipFile:
    """The edition of a project, as its zip."""
    edition.make(courses.load(home), home, out)
    return zipfile.ZipFile(out / f"{edition.NAME}.zip")


def plain_copy(folder: Path) -> Path:
    """A copy of the checkout without an environment."""
    ignored = shutil.ignore_patterns(".*", "build", "__pycache__")
    shutil.copytree(CHECKOUT, folder, ignore=ignored)
    return folder


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of all files of the edition, from inside its own folder."""
    with made(CHECKOUT, tmp_path_factory.mktemp("names")) as archive:
        return [name.removeprefix(f"{edition.NAME}/") for name in archive.namelist()]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition as a student has it, ready to be used."""
    out = tmp_path_factory.mktemp("unpacked")
    with made(CHECKOUT, out) as archive:
        archive.extractall(out / checkouts.ODD)
    return checkouts.lend_environment(out / checkouts.ODD / edition.NAME)


def contents(folder: Path) -> dict[str, bytes]:
    """Name and content of all files of an edition, but for its environment."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if not name.startswith(".venv") and "__pycache__" not in name
    }


# -- the same to the byte --------------------------------------------------------------------------


@posix
def test_two_checkouts_give_the_same_bytes(tmp_path: Path) -> None:
    """Not times, nor permissions, nor a umask, nor what editors and Pythons leave counts."""
    one, other = plain_copy(tmp_path / "one"), plain_copy(tmp_path / "other 学生")
    for path in other.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o755 if path.is_dir() else 0o600)
    for litter in LITTER:
        (other / litter).parent.mkdir(exist_ok=True)
        (other / litter).write_bytes(b"litter")
    umask = os.umask(0o077)
    try:
        with made(other, tmp_path / "out other"):
            pass
    finally:
        os.umask(umask)
    with made(one, tmp_path / "out one"):
        pass
    archives = [tmp_path / f"out {name}/{edition.NAME}.zip" for name in ("one", "other")]
    first, second = (path.read_bytes() for path in archives)
    assert first == second


def test_the_second_time_gives_the_same_bytes_and_nothing_of_the_first(tmp_path: Path) -> None:
    with made(CHECKOUT, tmp_path):
        pass
    archive = tmp_path / f"{edition.NAME}.zip"
    first = archive.read_bytes()
    (tmp_path / edition.NAME / "exercises/mine.py").write_text("mine = 1\n")
    with made(CHECKOUT, tmp_path) as again:
        assert f"{edition.NAME}/exercises/mine.py" not in again.namelist()
    assert archive.read_bytes() == first
    assert not (tmp_path / edition.NAME / "exercises/mine.py").exists()


def test_the_folder_and_the_zip_hold_the_same(tmp_path: Path) -> None:
    with made(CHECKOUT, tmp_path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
        assert [entry.external_attr >> 16 for entry in archive.infolist()] == [0o644] * len(inside)
    folder = tmp_path / edition.NAME
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in files} == inside
    assert list(inside) == sorted(inside)


# -- what is in it ---------------------------------------------------------------------------------


def test_nothing_in_it_answers_for_a_student(names: list[str]) -> None:
    words = ("solutions", "misconceptions", "alternatives", "tests", "__pycache__", ".git", "build")
    assert [name for name in names if set(words) & set(name.split("/"))] == []
    assert [name for name in names if name.endswith((".pyc", "~")) or "/." in name] == []


def test_no_text_of_a_solution_is_in_it(unpacked: Path) -> None:
    """The body of a reference is nowhere, under whatever name."""
    whole = "\n".join(content.decode() for content in contents(unpacked).values())
    for path in (CHECKOUT / "solutions").glob("ex_*.py"):
        between = path.read_text(encoding="utf-8").split('"""')[2::2]  # what is no docstring
        body = max(between, key=len).strip()
        assert len(body) > 40, path
        assert body not in whole, f"the edition holds the body of {path.name}"


def test_nothing_that_only_authors_need_is_in_it(names: list[str]) -> None:
    assert [name for name in names if re.match(r"grader/(authors|bare|student)/", name)] == []
    assert not {"grader/edition.py", "grader/bench.py", "pyproject.toml", "CONTRIBUTING.md"} & set(
        names
    )


def test_everything_that_a_student_needs_is_in_it(names: list[str], unpacked: Path) -> None:
    course = courses.load(CHECKOUT)
    for exercise in course.exercises:
        wanted = {
            f"exercises/{course.file_name(exercise)}",
            f"exercises/properties/{course.properties(exercise).name}",
        }
        assert wanted <= set(names)
    for path in (CHECKOUT / "lessons").glob("*.py"):
        assert f"lessons/{path.name}" in names
    assert {"course.toml", "requirements.lock", "LICENSE", "LICENSE-TEXT"} <= set(names)
    for name in ("README.md", "Makefile"):
        mine = (CHECKOUT / "grader/student" / name).read_bytes()
        assert (unpacked / name).read_bytes() == mine


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [b"solved = 1\n", b"caf\xe9\n", b""])
def test_a_changed_stub_is_refused(tiny: Copy, text: bytes) -> None:
    path = tiny.put(text)
    ended = command.run(tiny.folder, "student-edition")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "exercises/ex_01_1_tell.py is not the stub." in ended.err
    assert "python -m grader reset 01_1" in ended.err
    assert ended.out == ""
    assert not (tiny.folder / "build").exists()
    assert path.read_bytes() == text


def test_the_command_it_names_mends_it(tiny: Copy) -> None:
    tiny.put("solved = 1\n")
    assert command.run(tiny.folder, "reset", "01_1").code == 0
    ended = command.run(tiny.folder, "student-edition")
    assert (ended.code, ended.err) == (0, "")
    assert (tiny.folder / "build" / edition.NAME / "exercises/ex_01_1_tell.py").is_file()


@pytest.mark.parametrize("precious", [".git", "solutions", "grader/edition.py", "thesis.txt"])
def test_a_folder_that_is_no_edition_is_not_replaced(tiny: Copy, precious: str) -> None:
    """A clone of the project may have the edition's name, and ``--out ..`` its place."""
    out = tiny.folder.parent
    kept = out / edition.NAME / precious
    kept.parent.mkdir(parents=True)
    kept.write_text("years of work")
    if precious != "thesis.txt":
        (out / edition.NAME / courses.MANIFEST).write_text("title = ''")
    course = courses.load(tiny.folder)
    with pytest.raises(WrongUse, match=r"is there already, and it is no student edition\. .*--out"):
        edition.make(course, CHECKOUT, out)
    assert kept.read_text() == "years of work"
    assert not (out / f"{edition.NAME}.zip").exists()


def test_a_place_that_cannot_be_written_is_one_line(tiny: Copy) -> None:
    (tiny.folder / "build").write_text("a file")
    ended = command.run(tiny.folder, "student-edition")
    assert ended.code == 2
    assert ended.err.startswith("The student edition cannot be written: ")
    assert ended.err.count("\n") == 1


# -- it works --------------------------------------------------------------------------------------


def test_the_help_names_no_command_of_authors(unpacked: Path) -> None:
    ended = checkouts.run(unpacked, "python -m grader --help")
    assert ended.code == 0, ended.said
    named = re.findall(r"^    ([a-z-]+)\b", ended.out, re.MULTILINE)
    assert {"grade", "repro", "hint", "reset", "lesson"} <= set(named)
    assert set(named) & set(AUTHORS) == set()


def test_all_commands_of_authors_are_listed_here() -> None:
    """So that the two tests beside this one leave none out."""
    ended = command.run(CHECKOUT, "--help")
    named = set(re.findall(r"^    ([a-z-]+)\b", ended.out, re.MULTILINE))
    assert set(AUTHORS) <= named


@pytest.mark.parametrize("name", AUTHORS)
def test_a_command_of_authors_is_refused_in_one_line(unpacked: Path, name: str) -> None:
    before = contents(unpacked)
    ended = checkouts.run(unpacked, f"python -m grader {name}")
    assert ended.code == 2, ended.said
    assert ended.out == ""
    assert ended.err.count("\n") == 1, ended.said
    assert contents(unpacked) == before


@pytest.mark.slow
def test_a_stub_and_a_right_solution_are_graded(unpacked: Path) -> None:
    course = courses.load(unpacked)
    exercise = course.one("01_1")
    ended = checkouts.run(unpacked, "python -m grader grade 01_1")
    assert ended.code == 1, ended.said
    assert "not attempted" in ended.out
    path = course.stub(exercise)
    path.write_bytes((CHECKOUT / "solutions" / path.name).read_bytes())
    try:
        ended = checkouts.run(unpacked, "python -m grader grade 01_1")
    finally:
        path.write_text(originals.original(course, exercise), encoding="utf-8")
    assert ended.code == 0, ended.said
    assert "4 of 4 points.\nAll of it is right.\n" in ended.out


@pytest.mark.slow
def test_hint_reset_and_lesson_work(unpacked: Path) -> None:
    ended = checkouts.run(unpacked, "python -m grader hint 01_1")
    assert ended.code == 0, ended.said
    assert "hint 1 of " in ended.out
    (unpacked / "exercises/ex_01_1_waiting_times.py").write_text("mine = 1\n")
    ended = checkouts.run(unpacked, "python -m grader reset 01_1")
    assert ended.code == 0, ended.said
    assert "is the stub again. Your file is saved as build/saved/ex_01_1_" in ended.out
    ended = checkouts.run(unpacked, "python -m grader lesson 01")
    assert ended.code == 0, ended.said
    assert ended.out
