"""Hints from mild to strong, the way back to the stub, and what is remembered between commands."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from support import command
from support.courses import CHECKOUT, TELL, TINY, Copy

from grader import course as courses
from grader import hints, memory, originals
from grader.course import Course, Exercise
from grader.errors import WrongUse

STUB = (TINY / "exercises" / TELL).read_bytes()
REAL = courses.load(CHECKOUT)


def loaded(tiny: Copy) -> tuple[Course, Exercise]:
    """The tiny course and its first exercise."""
    course = courses.load(tiny.folder)
    return course, course.one("01_1")


def saved(tiny: Copy) -> list[Path]:
    """All files that were saved, by name."""
    return sorted((tiny.folder / "build/saved").glob("*"))


# -- hints -----------------------------------------------------------------------------------------


def test_each_time_one_more_from_mild_to_strong(tiny: Copy) -> None:
    course, exercise = loaded(tiny)
    texts = [hint.text for hint in exercise.hints]
    shown = [hints.next_hint(course, exercise) for _ in range(len(texts) + 2)]
    assert [text.split("\n\n")[1] for text in shown] == [*texts, texts[-1], texts[-1]]
    heads = [text.splitlines()[0] for text in shown]
    assert heads == [f"01_1 · Tell each number · hint {number} of 2" for number in (1, 2, 2, 2)]
    assert "1 more: the same command again." in shown[0]
    assert all(text.endswith("That was the last one.") for text in shown[1:])


def test_every_exercise_is_counted_by_itself(tiny: Copy) -> None:
    course, first = loaded(tiny)
    second = course.one("01_2")
    hints.next_hint(course, first)
    assert "hint 1 of 2" in hints.next_hint(course, second)
    assert "hint 2 of 2" in hints.next_hint(course, first)
    assert memory.hints_shown(course) == {"01_1": 2, "01_2": 1}


def test_the_count_survives_the_command(tiny: Copy) -> None:
    outputs = [command.run(tiny.folder, "hint", "01_1") for _ in range(3)]
    assert [ended.code for ended in outputs] == [0, 0, 0]
    numbers = [re.findall(r"hint (\d) of 2", ended.out) for ended in outputs]
    assert numbers == [["1"], ["2"], ["2"]]


def test_file_line_and_cell_are_there(tiny: Copy) -> None:
    course, exercise = loaded(tiny)
    for hint in exercise.hints:
        found = re.search(
            r"It is shown in (\S+):(\d+) \(cell (\w+)\)", hints.next_hint(course, exercise)
        )
        assert found
        name, line, cell = found.groups()
        assert cell == hint.cell
        text = (tiny.folder / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert text == f'# %% tags=["{cell}"]'


@pytest.mark.parametrize("exercise", REAL.exercises, ids=lambda exercise: exercise.id)
def test_the_hints_of_the_course_lead_to_cells_that_are_there(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    for hint in exercise.hints:
        place = REAL.cell(hint.cell)
        assert place is not None, f"no cell {hint.cell}"
        path, line = place
        assert f'"{hint.cell}"' in path.read_text(encoding="utf-8").splitlines()[line - 1]
        assert int(path.name[7:9]) <= int(exercise.lesson), f"{hint.cell} is a later lesson's"


def test_a_cell_that_is_gone_is_no_failure(tiny: Copy) -> None:
    course, exercise = loaded(tiny)
    path = tiny.folder / "lessons/lesson_01_tell.py"
    path.write_text(path.read_text(encoding="utf-8").replace("T01", "T77"), encoding="utf-8")
    assert "It is shown in the lesson (cell T01)." in hints.next_hint(course, exercise)


def test_where_nothing_can_be_written_there_are_hints_all_the_same(tiny: Copy) -> None:
    """A file in the place of the folder: that stops root, too."""
    (tiny.folder / "build").write_text("in the way")
    for _ in range(2):
        ended = command.run(tiny.folder, "hint", "01_1")
        assert (ended.code, ended.err) == (0, "")
        assert "hint 1 of 2" in ended.out


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "null", "\xff", '{"01_1": "x"}', '{"01_1": -7}', '{"01_1": 1.5}']
)
def test_a_damaged_memory_begins_again(tiny: Copy, kept: str) -> None:
    course, exercise = loaded(tiny)
    path = tiny.folder / "build/hints.json"
    path.parent.mkdir()
    path.write_bytes(kept.encode("latin-1"))
    assert "hint 1 of 2" in hints.next_hint(course, exercise)
    assert "hint 2 of 2" in hints.next_hint(course, exercise)


def test_a_course_that_has_fewer_hints_now_shows_its_last(tiny: Copy) -> None:
    course, exercise = loaded(tiny)
    memory.remember_hints(course, exercise, 9)
    assert "hint 2 of 2" in hints.next_hint(course, exercise)


def test_an_exercise_without_hints_says_so(tiny: Copy) -> None:
    path = tiny.folder / courses.MANIFEST
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"hints = \[\n(.*\n)*?\]", "hints = []", text), encoding="utf-8")
    ended = command.run(tiny.folder, "hint", "01_1")
    assert (ended.code, ended.err) == (2, "Exercise 01_1 has no hints.\n")


@pytest.mark.parametrize("name", ["hint", "reset"])
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("07_1", "There is no exercise '07_1'. Exercises: 01_1, 01_2."),
        ("01", "Lesson 01 has several exercises; say which one: 01_1, 01_2."),
        ("", "There is no exercise ''. Exercises: 01_1, 01_2."),
    ],
)
def test_wrong_use_is_one_line(tiny: Copy, name: str, asked: str, answer: str) -> None:
    ended = command.run(tiny.folder, name, asked)
    assert (ended.code, ended.out, ended.err) == (2, "", f"{answer}\n")


# -- reset -----------------------------------------------------------------------------------------


def test_the_file_is_saved_and_the_stub_is_back_to_the_byte(tiny: Copy) -> None:
    mine = b"\xef\xbb\xbfmine = 1\r\n# caf\xe9"
    path = tiny.put(mine)
    ended = command.run(tiny.folder, "reset", "01_1")
    assert (ended.code, ended.err) == (0, "")
    assert path.read_bytes() == STUB
    (copy,) = saved(tiny)
    assert copy.read_bytes() == mine
    assert re.fullmatch(r"ex_01_1_tell_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.py", copy.name)
    assert ended.out == (
        f"ex_01_1_tell.py is the stub again. Your file is saved as build/saved/{copy.name}.\n"
    )


def test_twice_in_one_second_gives_two_saves(tiny: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Stopped:
            return cls(2026, 1, 2, 3, 4, 5)

    monkeypatch.setattr(memory, "datetime", Stopped)
    course, exercise = loaded(tiny)
    for number in range(3):
        tiny.put(f"mine = {number}\n")
        hints.reset(course, exercise)
    start = "ex_01_1_tell_2026-01-02_03-04-05"
    names = [f"{start}.py", f"{start}_2.py", f"{start}_3.py"]
    found = {path.name: path.read_text() for path in saved(tiny)}
    assert found == {name: f"mine = {number}\n" for number, name in enumerate(names)}


def test_several_at_once_do_not_lose_it(tiny: Copy) -> None:
    path = tiny.put("mine = 1\n")
    commands = [command.start(tiny.folder, "reset", "01_1") for _ in range(4)]
    for each in commands:
        assert command.end(each, path).code == 0
    assert path.read_bytes() == STUB
    assert "mine = 1\n" in [copy.read_text() for copy in saved(tiny)]


def test_what_cannot_be_saved_is_not_touched(tiny: Copy) -> None:
    (tiny.folder / "build").write_text("in the way")
    path = tiny.put("mine = 1\n")
    ended = command.run(tiny.folder, "reset", "01_1")
    assert ended.code == 2
    assert ended.err.startswith("ex_01_1_tell.py stays as it is: ")
    assert ended.err.count("\n") == 1
    assert path.read_text() == "mine = 1\n"


def test_the_stub_itself_is_not_saved(tiny: Copy) -> None:
    assert hints.reset(*loaded(tiny)) == "ex_01_1_tell.py is the stub already."
    assert saved(tiny) == []


def test_notes_in_the_stub_are_saved(tiny: Copy) -> None:
    """For a grading it is untouched; but somebody has written it."""
    tiny.put(STUB + b"# my notes\n")
    assert "Your file is saved" in hints.reset(*loaded(tiny))
    assert saved(tiny)[0].read_bytes() == STUB + b"# my notes\n"


def test_a_missing_file_comes_back(tiny: Copy) -> None:
    path = tiny.folder / "exercises" / TELL
    path.unlink()
    assert hints.reset(*loaded(tiny)) == "ex_01_1_tell.py is the stub again."
    assert path.read_bytes() == STUB
    assert saved(tiny) == []


def test_the_hints_begin_again_and_only_those(tiny: Copy) -> None:
    course, exercise = loaded(tiny)
    for each in course.exercises:
        hints.next_hint(course, each)
    tiny.put("mine = 1\n")
    hints.reset(course, exercise)
    assert "hint 1 of 2" in hints.next_hint(course, exercise)
    assert "hint 2 of 2" in hints.next_hint(course, course.one("01_2"))


def test_a_folder_in_its_place_stays(tiny: Copy) -> None:
    path = tiny.folder / "exercises" / TELL
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    ended = command.run(tiny.folder, "reset", "01_1")
    assert ended.code == 2
    assert "stays as it is" in ended.err
    assert (path / "mine.txt").read_text() == "mine"


# -- originals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [CHECKOUT, TINY], ids=["the course", "the tiny course"])
def test_the_originals_are_those_of_today(folder: Path) -> None:
    """When this fails, a stub was changed (run ``originals``) or solved (run ``reset``)."""
    course = courses.load(folder)
    kept = json.loads((folder / "exercises/originals.json").read_text(encoding="utf-8"))
    assert kept == json.loads(originals.current(course))
    for exercise in course.exercises:
        assert course.stub(exercise).read_bytes() == kept[exercise.id].encode()


def test_an_author_keeps_a_new_stub(tiny: Copy) -> None:
    tiny.put(STUB + b"\nmore = 1\n")
    ended = command.run(tiny.folder, "originals")
    assert ended.code == 0
    assert ended.out.endswith("exercises/originals.json\n")
    course, exercise = loaded(tiny)
    assert originals.original(course, exercise).encode() == STUB + b"\nmore = 1\n"
    assert hints.reset(course, exercise) == "ex_01_1_tell.py is the stub already."


@pytest.mark.parametrize("kept", [None, "{", "[]", "{}", "\xff"])
def test_a_course_without_the_original_says_what_makes_it(tiny: Copy, kept: str | None) -> None:
    path = tiny.folder / "exercises/originals.json"
    path.unlink()
    if kept is not None:
        path.write_bytes(kept.encode("latin-1"))
    mine = tiny.put("mine = 1\n")
    with pytest.raises(WrongUse, match=r"no stub for exercise 01_1\. .*python -m grader originals"):
        hints.reset(*loaded(tiny))
    assert mine.read_text() == "mine = 1\n"
    assert saved(tiny) == []


@pytest.mark.parametrize(
    ("source", "untouched"),
    [
        (STUB, True),
        (STUB + b"\n# a note\n\n", True),
        (STUB.replace(b"\n", b"\r\n"), True),
        (b"\xef\xbb\xbf" + STUB, True),
        (STUB.replace(b"    # Your code", b"    # My code"), True),
        (STUB + b"\nmore = 1\n", False),
        (STUB.replace(b"raise NotImplementedError", b"return"), False),
        (STUB.replace(b"    raise", b"  raise"), False),
        (b"", False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_a_file_is_untouched_when_only_notes_were_added(source: bytes, untouched: bool) -> None:
    assert originals.is_untouched(source, STUB.decode()) is untouched
