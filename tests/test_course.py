"""The manifest and what is found by name; and every mistake in them told in one line."""

from __future__ import annotations

import json

import pytest
from support.courses import TINY

from grader import course as courses
from grader import originals
from grader.errors import WrongUse

GOOD = (TINY / courses.MANIFEST).read_text(encoding="utf-8")


@pytest.fixture
def course() -> courses.Course:
    return courses.load(TINY)


def ids(exercises: list[courses.Exercise]) -> list[str]:
    return [each.id for each in exercises]


def test_a_course_is_its_manifest_in_order(course):
    assert course.title == "A tiny course"
    assert [lesson.id for lesson in course.lessons] == ["01"]
    assert ids(list(course.exercises)) == ["01_1", "01_2"]
    first, second = course.exercises
    assert (first.lesson, first.points, first.seconds, first.processes) == ("01", 3, 6, False)
    assert (second.functions, len(second.hints), second.processes) == (("end_each",), 2, True)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["01_1", "01_2"]),
        (["01"], ["01_1", "01_2"]),
        (["1"], ["01_1", "01_2"]),
        (["01_2"], ["01_2"]),
        (["1_2"], ["01_2"]),
        (["１_２"], ["01_2"]),  # typed with a Chinese keyboard
        (["ex_01_2"], ["01_2"]),
        (["ex_01_2_end.py"], ["01_2"]),
        (["exercises/ex_01_2_end.py"], ["01_2"]),
        (["01_2", "01_1"], ["01_1", "01_2"]),
        (["01_1", "01_1", "01"], ["01_1", "01_2"]),
    ],
)
def test_exercises_are_selected_by_what_people_type(wanted, found, course):
    assert ids(course.select(wanted)) == found


@pytest.mark.parametrize(
    "wanted", ["01_3", "02", "02_1", "001_1", "tell", "", "-1", "01_1x", "01_1２"]
)
def test_what_nobody_has_is_told_with_what_there_is(wanted, course):
    with pytest.raises(WrongUse, match=r"Exercises: 01_1, 01_2\.$"):
        course.select([wanted])


def test_one_exercise_is_one(course):
    assert course.one("01_2").id == "01_2"
    with pytest.raises(
        WrongUse, match="Lesson 01 has several exercises; say which one: 01_1, 01_2"
    ):
        course.one("01")


def test_files_are_found_by_name(course):
    first = course.exercises[0]
    assert course.stub(first).name == "ex_01_1_tell.py"
    assert course.properties(first).name == "props_01_1_tell.py"
    assert course.file_name(first) == "ex_01_1_tell.py"
    assert course.lesson_file("01").name == "lesson_01_tell.py"
    assert course.cell("T02") == (course.lesson_file("01"), 14)
    assert course.cell("T0") is None
    assert course.cell("T.2") is None


def test_a_file_that_is_missing_or_there_twice_is_told(tiny):
    course = courses.load(tiny.folder)
    first = course.exercises[0]
    (tiny.folder / "exercises/ex_01_1_other.py").write_text("")
    with pytest.raises(
        WrongUse, match=r"exactly one ex_01_1_\*.py; it holds ex_01_1_other.py, ex_01"
    ):
        course.stub(first)
    (tiny.folder / "exercises/properties/props_01_1_tell.py").unlink()
    with pytest.raises(WrongUse, match=r"exercises/properties/ should hold .* it holds none"):
        course.properties(first)


def without(key: str) -> str:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key} = ")]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "cannot be read"),
        ("title = 'a'\ntitle = 'b'", "cannot be read"),
        (b"title = '\xff'", "cannot be read"),
        (without("points"), "course.toml: exercise 01_1 lacks 'points'"),
        (without("seconds"), "exercise 01_1 lacks 'seconds'"),
        (GOOD.replace("stars = 1", "stars = 1\ncolour = 2", 1), "unknown key 'colour'; known: id,"),
        (GOOD.replace("points = 3", "points = 'three'"), "points = 'three' is of the wrong type"),
        (GOOD.replace("points = 3", "points = 3.5"), "points = 3.5 is of the wrong type"),
        (GOOD.replace("processes = false", "processes = 0"), "processes = 0 is of the wrong type"),
        (GOOD.replace("points = 3", "points = true"), "points = True is of the wrong type"),
        (GOOD.replace('functions = ["tell"]', 'functions = "tell"'), "functions = 'tell' is of"),
        (
            GOOD.replace('functions = ["tell"]', "functions = [1]"),
            "functions = [1] should be names",
        ),
        (GOOD.replace('cell = "T01", ', "", 1), "exercise 01_1: a hint lacks 'cell'"),
        (GOOD.replace('{ cell = "T01"', '{ page = 1, cell = "T01"', 1), "unknown key 'page'"),
        (GOOD.replace('id = "01_2"', 'id = "01_1"'), "has an exercise twice"),
        (GOOD.replace('id = "01"\n', ""), "course.toml: lesson None lacks 'id'"),
        ("lesson = 3", "lesson"),
        ("lesson = ['01']", "lesson"),
        ("[[lesson]]\nid = '01'\ntitle = 'a'\nexercise = 3", "exercise"),
        ("[[lesson]]\nid = '01'\ntitle = 'a'\nexercise = ['01_1']", "exercise"),
        (GOOD.replace("hints = [", "hints = ['think', ", 1), "a hint should be a table"),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_a_mistake_in_the_manifest_is_told_with_its_place(text, words, tmp_path):
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / courses.MANIFEST).write_bytes(data)
    with pytest.raises(WrongUse) as caught:
        courses.load(tmp_path)
    assert words in str(caught.value)
    assert courses.MANIFEST in str(caught.value)


def test_a_folder_in_place_of_the_manifest_is_told(tmp_path):
    (tmp_path / courses.MANIFEST).mkdir()
    with pytest.raises(WrongUse, match="cannot be read"):
        courses.load(tmp_path)


# -- the stubs as they were -----------------------------------------------------------------------


def test_the_tiny_courses_originals_are_its_stubs(course):
    kept = (TINY / "exercises/originals.json").read_text(encoding="utf-8")
    assert kept == originals.current(course)


STUB = (TINY / "exercises/ex_01_1_tell.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changed",
    [
        STUB,
        STUB + "\n\n# a note at the end\n",
        STUB.replace("    # Your code goes here, in place of the next line.\n", ""),
        STUB.replace("\n", "\r\n"),
        "\ufeff" + STUB,
        STUB.replace("\n\n", "\n"),
    ],
)
def test_notes_and_blank_lines_leave_a_stub_untouched(changed, course):
    assert originals.is_untouched(changed.encode(), originals.original(course, course.exercises[0]))


@pytest.mark.parametrize(
    "changed",
    [
        "",
        STUB.replace("raise NotImplementedError", "raise ValueError"),
        STUB + "x = 1\n",
        STUB.replace("    raise", "        raise"),
        STUB[:-20],
    ],
)
def test_every_other_change_is_an_attempt(changed, course):
    stub = originals.original(course, course.exercises[0])
    assert not originals.is_untouched(changed.encode(), stub)


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"01_2": "x"}'])
def test_originals_that_lack_a_stub_are_told_with_the_remedy(text, tiny):
    (tiny.folder / "exercises/originals.json").write_text(text)
    course = courses.load(tiny.folder)
    with pytest.raises(WrongUse, match="python -m grader originals"):
        originals.original(course, course.exercises[0])


def test_originals_are_written_anew(tiny):
    course = courses.load(tiny.folder)
    tiny.put("# 进程\n")
    path = originals.write(course)
    assert json.loads(path.read_text(encoding="utf-8"))["01_1"] == "# 进程\n"
    assert originals.original(course, course.exercises[0]) == "# 进程\n"
