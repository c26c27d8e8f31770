"""The author's check refuses every defect that it promises to refuse, and says where it is.

Each test puts one defect into a copy of the tiny course. What needs no run is read in this process;
of what has to be run, only the one case that shows the defect.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import command as cli
from support import leaks
from support.courses import CHECKOUT, SHORT_END, Copy

from grader import cli as grader_cli
from grader import course as courses
from grader.authors import command, runner
from grader.authors.refusal import Refusal
from grader.errors import WrongUse

posix = pytest.mark.skipif(os.name != "posix", reason="needs a fifo and signals")
linux = pytest.mark.skipif(not leaks.LINUX, reason="only Linux shows what a lesson leaves")

LESSON = "lessons/lesson_01_tell.py"
TELL_PROPS = "exercises/properties/props_01_1_tell.py"
END_PROPS = "exercises/properties/props_01_2_end.py"
WRONG = "solutions/misconceptions/ex_01_2/"
GUARD = 'if __name__ == "__main__":\n'


@pytest.fixture
def sound(tiny: Copy) -> Path:
    """The folder of a tiny course in which nothing is to be refused."""
    (tiny.folder / "lessons/__init__.py").touch()
    for path in tiny.folder.glob("solutions/misconceptions/ex_01_1/*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("methods: .*", "methods: once", text), encoding="utf-8")
    keep_stubs(tiny.folder)
    return tiny.folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there, wherever it stands."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> int:
    """Add lines to a file; return the number of the first."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + text, encoding="utf-8")
    return before.count("\n") + 1


def found(folder: Path, *wanted: str, full: bool = False) -> command.Findings:
    """What is said without a run."""
    course = courses.load(folder)
    return command.read(course, command.choose(course, list(wanted)), full=full)


def the_one(folder: Path, *wanted: str) -> Refusal:
    """The only refusal."""
    refusals = found(folder, *wanted).refusals
    assert len(refusals) == 1, [(each.where, each.says) for each in refusals]
    return refusals[0]


def problems(folder: Path, label: str) -> list[str]:
    """What the run of one case shows."""
    (case,) = [each for each in found(folder).cases if each.label == label]
    tally, done = runner.Tally(case, 1, 0), []
    runner.run_all([tally], 1, done.append)
    assert done == [tally]
    return tally.problems


def keep_stubs(folder: Path) -> None:
    """Take the files of the exercises for stubs."""
    texts = {each.stem[3:7]: each.read_text() for each in folder.glob("exercises/ex_*.py")}
    (folder / "exercises/originals.json").write_text(json.dumps(texts), encoding="utf-8")


def no_exercises(folder: Path) -> None:
    """Leave nothing but the lesson."""
    manifest = folder / courses.MANIFEST
    manifest.write_text(manifest.read_text().split("[[lesson.exercise]]")[0])


def test_a_sound_course_is_not_refused(sound: Path) -> None:
    findings = found(sound)
    assert findings.refusals == []
    labels = [case.label for case in findings.cases]
    assert labels[:2] == ["lesson 01 import", "lesson 01 spawn"]
    assert {"01_1 stub", "01_2 reference", "01_2 join_in_loop P1"} <= set(labels)
    assert len(set(labels)) == len(labels)


# -- an exercise's parts -------------------------------------------------------------------------


def no_hints(folder: Path) -> None:
    manifest = folder / courses.MANIFEST
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(re.sub(r"hints = \[\n(.*\n)*?\]", "hints = []", text, count=1))


def hint_to_nowhere(folder: Path) -> None:
    edit(folder / courses.MANIFEST, 'cell = "T02"', 'cell = "T99"')


def property_without_misconception(folder: Path) -> None:
    edit(folder / WRONG / "join_in_loop.py", "caught-by: P1", "caught-by: P2")


def needless_guard(folder: Path) -> None:
    add(folder / END_PROPS, '\nGUARDS = {"P1": "nothing shows it"}\n')


def guard_of_nothing(folder: Path) -> None:
    add(folder / END_PROPS, '\nGUARDS = {"P7": "nothing shows it"}\n')


def observed_without_reason(folder: Path) -> None:
    edit(folder / END_PROPS, '@evidence("value")', '@evidence("observed")')


def no_evidence(folder: Path) -> None:
    edit(folder / END_PROPS, '@evidence("value")\n', "")


def no_words(folder: Path) -> None:
    edit(folder / END_PROPS, '    """The exit codes stand in the order given."""\n', "")


def gap_in_the_numbers(folder: Path) -> None:
    edit(folder / END_PROPS, "test_p2_", "test_p3_")
    edit(folder / WRONG / "join_result.py", "P2", "P3")


def no_list(folder: Path) -> None:
    edit(folder / END_PROPS, "MISCONCEPTIONS", "MISTAKES")


def broken_properties(folder: Path) -> None:
    add(folder / END_PROPS, "\nassert MISCONCEPTIONS == []\n")


def misconception_without_file(folder: Path) -> None:
    more = """
MISCONCEPTIONS.append(
    Misconception(
        name="join_value",
        says="Says.",
        cell="T03",
        wrong="a",
        right="b",
        shows=bool,
    )
)
"""
    add(folder / END_PROPS, more)


def file_without_misconception(folder: Path) -> None:
    text = (folder / WRONG / "join_result.py").read_text()
    add(folder / WRONG / "join_twice.py", text)


def misconception_to_nowhere(folder: Path) -> None:
    edit(folder / TELL_PROPS, 'cell="T02"', 'cell="T99"')


def no_header(folder: Path) -> None:
    edit(folder / WRONG / "join_result.py", "caught-by: P2\n", "")
    add(folder / END_PROPS, '\nGUARDS = {"P2": "for this test"}\n')


def unknown_property(folder: Path) -> None:
    edit(folder / WRONG / "join_result.py", "P2", "P9")
    add(folder / END_PROPS, '\nGUARDS = {"P2": "for this test"}\n')


def unknown_method(folder: Path) -> None:
    edit(folder / WRONG / "join_result.py", "forkserver", "threads")


def once_with_processes(folder: Path) -> None:
    edit(folder / WRONG / "join_result.py", "fork spawn forkserver", "once")


def solved_in_place(folder: Path) -> None:
    add(folder / "exercises/ex_01_2_end.py", "# mine\n")


def original_of_nothing(folder: Path) -> None:
    edit(folder / "exercises/originals.json", '"01_1":', '"01_9": "", "01_1":')


def no_reference(folder: Path) -> None:
    (folder / "solutions/ex_01_2_end.py").unlink()


def misnamed_reference(folder: Path) -> None:
    (folder / "solutions/ex_01_2_end.py").rename(folder / "solutions/ex_01_2_ends.py")


def two_stubs(folder: Path) -> None:
    add(folder / "exercises/ex_01_2_ends.py", "")


# What is wrong, the file that is named, what stands in the named line, what is said.
EXERCISE_DEFECTS: list[tuple[Callable[[Path], None], str, str, str]] = [
    (no_hints, "course.toml", 'id = "01_1"', "01_1 has no hints"),
    (hint_to_nowhere, "course.toml", '"T99"', "hint 2 points to 'T99', which no cell has as a tag"),
    (property_without_misconception, END_PROPS, "@evidence", "P1 has neither a misconception nor"),
    (needless_guard, END_PROPS, "GUARDS", "GUARDS names P1, which has a misconception"),
    (guard_of_nothing, END_PROPS, "GUARDS", "GUARDS names P7, which is no property"),
    (observed_without_reason, END_PROPS, "@evidence", "an observed property needs its reason"),
    (no_evidence, END_PROPS, "@settings", "P2 does not declare its evidence"),
    (no_words, END_PROPS, "@evidence", "P2 has no docstring"),
    (gap_in_the_numbers, END_PROPS, "@evidence", "P3 stands where P2 should be"),
    (no_list, END_PROPS, "", "no list MISCONCEPTIONS"),
    (broken_properties, END_PROPS, "assert", "importing it raises AssertionError"),
    (misconception_without_file, END_PROPS, "join_value", "join_value has no wrong solution"),
    (file_without_misconception, WRONG + "join_twice.py", '"""', "is called join_twice"),
    (misconception_to_nowhere, TELL_PROPS, "empties_the_list", "empties_the_list points to 'T99'"),
    (no_header, WRONG + "join_result.py", '"""', "the lines caught-by and methods"),
    (unknown_property, WRONG + "join_result.py", '"""', "P9 is no property; there are P1, P2"),
    (unknown_method, WRONG + "join_result.py", '"""', "fork spawn threads is not of fork spawn"),
    (once_with_processes, WRONG + "join_result.py", '"""', "once is not of fork spawn forkserver"),
    (solved_in_place, "exercises/ex_01_2_end.py", "", "another text than exercises/originals.json"),
    (original_of_nothing, "exercises/originals.json", "01_9", "there is no exercise 01_9"),
    (no_reference, "solutions/ex_01_2_end.py", "", "it is missing"),
    (misnamed_reference, "solutions/ex_01_2_ends.py", "", "should be called ex_01_2_end.py"),
    (two_stubs, "course.toml", 'id = "01_2"', "should hold exactly one ex_01_2_*.py"),
]


@pytest.mark.parametrize(
    ("defect", "file", "line", "says"),
    EXERCISE_DEFECTS,
    ids=[each[0].__name__ for each in EXERCISE_DEFECTS],
)
def test_a_defect_of_an_exercise_is_refused(
    sound: Path, defect: Callable[[Path], None], file: str, line: str, says: str
) -> None:
    defect(sound)
    refusal = the_one(sound)
    assert says in refusal.says
    name, _, number = refusal.where.partition(":")
    assert name == file
    assert bool(number) == bool(line)
    assert not line or line in (sound / file).read_text().splitlines()[int(number) - 1]
    last = refusal.lines("python -m grader")[-1]
    assert re.search(r"\. Then: python -m grader check( 01_\d)?$", last), last


def test_a_line_that_says_what_it_guards_is_enough(sound: Path) -> None:
    property_without_misconception(sound)
    add(sound / END_PROPS, '\nGUARDS = {"P1": "what is not started early never meets"}\n')
    assert found(sound).refusals == []


def test_observed_properties_are_listed_with_their_reason(sound: Path) -> None:
    edit(sound / END_PROPS, '@evidence("value")', '@evidence("observed", reason="it is within")')
    findings = found(sound, "01_2")
    assert findings.refusals == []
    assert findings.observed == ["01_2 P2: it is within"]


@pytest.mark.parametrize(
    "name",
    [
        "lessons/lesson_02_more.py",
        "lessons/notes.txt",
        "exercises/ex_01_3_more.py",
        "exercises/mine.py",
        "exercises/given/ex_01_3.py",
        "exercises/given/programs/cat.py",
        "exercises/drivers/drive_01_3.py",
        "exercises/properties/test_more.py",
        "solutions/old/ex_01_1_tell.py",
        "solutions/misconceptions/ex_01_3/mistake.py",
        "tests/alternatives/ex_01_3/other.py",
        "tests/alternatives/other.py",
    ],
)
def test_an_unknown_file_is_refused(sound: Path, name: str) -> None:
    add(sound / name, "")
    refusal = the_one(sound)
    assert (refusal.where, refusal.says) == (name, "an unknown file.")


def test_known_files_are_not(sound: Path) -> None:
    for name in ("lessons/README.md", "tests/alternatives/ex_01_1/other.py"):
        add(sound / name, "")
    add(sound / "exercises/given/programs/cat.py", "")
    add(sound / "exercises/given/ex_01_1.py", 'PROGRAM = "cat.py"\n')
    assert found(sound).refusals == []


# -- lessons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset", "says"),
    [
        ("# %%\nnow = print('x')\n", 1, "`print('x')` is called when the lesson is imported"),
        ("# %%\nprint('x')\n", 1, "`print('x')` is run when the lesson is imported"),
        (
            "# %%\nfor n in [1]:\n    pass\n",
            1,
            "`for n in [1]:` is run when the lesson is imported",
        ),
        ("# %%\nif numbers:\n    pass\n", 1, "`if numbers:` is run"),
        (
            "# %%\nclass A:\n    lock = multiprocessing.Lock()\n",
            2,
            "`multiprocessing.Lock()` is called",
        ),
        ("# %%\ndef f(a=print()):\n    pass\n", 1, "`print()` is called"),
        ("# %%\n" + GUARD + "    def f():\n        pass\n", 2, "f is defined behind a guard"),
        ("# %%\n" + GUARD + "    class A:\n        pass\n", 2, "A is defined behind a guard"),
        ('# %% tags=["raises-exception"]\n', 0, "raises-exception breaks the plain run"),
        ("# %%\n# !ls\n", 1, "a notebook takes '# !ls' for a command"),
        ("# %%\n# %time f()\n", 1, "a notebook takes '# %time f()' for a command"),
        ("# %% [text]\n", 0, "the mark '# %% [text]' cannot be read"),
        ("# %% [markdown]\nx = 1\n", 1, "code in a cell of text"),
        ("# %%\nif:\n", 1, "it cannot be cut into cells: invalid syntax"),
    ],
)
def test_a_defect_of_a_lesson_is_refused(sound: Path, text: str, offset: int, says: str) -> None:
    line = add(sound / LESSON, text)
    refusal = next(each for each in found(sound, "01").refusals if each.where.startswith(LESSON))
    assert refusal.where == f"{LESSON}:{line + offset}"
    assert says in refusal.says
    assert refusal.lines("g")[-1].endswith("Then: g check 01")


def test_a_lesson_begins_with_a_mark(sound: Path) -> None:
    path = sound / LESSON
    path.write_text("import os\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    refusal = the_one(sound)
    assert (refusal.where, refusal.says) == (
        f"{LESSON}:1",
        "something stands before the first cell.",
    )


def test_a_lesson_may_hold_plain_definitions(sound: Path) -> None:
    add(
        sound / LESSON,
        '# %%\nLINE = "# %% no mark"\nBOTH: tuple[int, ...] = (1, *[2])\nlater = lambda: print()\n'
        "class A:\n    size = 3\n\n    def f(self, n=-1):\n        print(n)\n",
    )
    assert found(sound).refusals == []


def test_only_prose_counts_as_words(sound: Path) -> None:
    table = "# | a | b |\n" * 800 + "# ```\n" + "# code here\n" * 800 + "# ```\n"
    add(sound / LESSON, "# %% [markdown]\n" + table + "# one word – and more\n" * 370)
    assert found(sound).refusals == []
    add(sound / LESSON, "# one more line\n" * 10)
    assert the_one(sound).says == "it has 1515 words of prose; at most 1500 are read."


def test_a_missing_lesson_is_refused(sound: Path) -> None:
    (sound / LESSON).unlink()
    where = [each.where for each in found(sound).refusals if "lesson_01_*.py" in each.says]
    assert where == ["course.toml:6"]


# -- claims --------------------------------------------------------------------------------------


def claim(
    name: str, kind: str = "api", verdict: str = "right", lesson: str = "01"
) -> dict[str, str]:
    return {"id": name, "lesson": lesson, "kind": kind, "verdict": verdict, "en": "It is so."}


def with_claims(folder: Path, cells: str, *claims: dict[str, str]) -> int:
    """Give the course claims, and its lesson cells for them; return the line of the first."""
    (folder / "lessons/claims.json").write_text(json.dumps(list(claims), indent=0))
    return add(folder / LESSON, cells)


def code(tags: str, *lines: str) -> str:
    """A cell that acts."""
    return f"# %% tags=[{tags}]\n{GUARD}" + "".join(f"    {line}\n" for line in lines)


TWO = [claim("C001"), claim("C002")]


@pytest.mark.parametrize(
    ("cells", "claims", "offset", "says"),
    [
        ("", [claim("C001")], None, "no cell of lesson 01 has the tag C001"),
        (
            code('"C001"', "assert numbers"),
            [claim("C001")],
            0,
            "C001 (api, right) has no assertion.",
        ),
        (
            '# %% [markdown] tags=["C001"]\n',
            [claim("C001")],
            0,
            "C001 (api, right) has no assertion.",
        ),
        (
            '# %% [markdown] tags=["C001"]\n',
            [claim("C001", "concept", "wrong")],
            0,
            "C001 (concept, wrong) has no assertion.",
        ),
        (
            code('"C001", "C002"', "assert numbers  # C001", "assert numbers == []  # C001, C002"),
            TWO,
            3,
            "C002 (api, right) has no assertion of its own: it shares one.",
        ),
        (
            code('"C001"', "assert numbers  # C001", "assert numbers  # C002"),
            [claim("C001"), claim("C002", "concept", lesson="02")],
            3,
            "this asserts C002, but its cell has no such tag",
        ),
        (code('"C001"', "assert 1 + 1  # C001"), [claim("C001")], 2, "of C001 cannot fail"),
        (code('"C009"', "pass"), [claim("C001", lesson="02")], 0, "there is no claim C009"),
        (code('"C001"', "pass"), [claim("C001", lesson="02")], 0, "C001 is a claim of lesson 02"),
        (
            code('"C001"', "assert numbers  # C001"),
            [claim("C001", "example")],
            None,
            "no block that is named as one",
        ),
        (
            code(
                ", ".join(f'"C00{n}"' for n in range(5)),
                *(f"assert numbers  # C00{n}" for n in range(5)),
            ),
            [claim(f"C00{n}") for n in range(5)],
            0,
            "the cell holds 5 claims; at most 4",
        ),
    ],
)
def test_a_claim_that_is_not_shown_is_refused(
    sound: Path, cells: str, claims: list[dict[str, str]], offset: int | None, says: str
) -> None:
    line = with_claims(sound, cells, *claims)
    refusal = the_one(sound)
    assert says in refusal.says
    if offset is not None:
        assert refusal.where == f"{LESSON}:{line + offset}"


def test_a_claim_without_a_cell_names_its_own_line(sound: Path) -> None:
    with_claims(sound, code('"C001"', "assert numbers  # C001"), *TWO)
    refusal = the_one(sound)
    line = int(refusal.where.removeprefix("lessons/claims.json:"))
    assert '"C002"' in (sound / "lessons/claims.json").read_text().splitlines()[line - 1]


def test_claims_that_are_shown_pass(sound: Path) -> None:
    many = [f"C01{n}" for n in range(6)]
    cells = [
        code('"C001"', "assert (", "    numbers", ")  # C001: as said"),
        code('"C002"', "with expect(ValueError):  # C002", "    int('x')"),
        '# %% [markdown] tags=["C003"]\n# ```python\n# # the article\'s version\n# ```\n',
        code(
            '"table", ' + ", ".join(f'"{name}"' for name in many),
            *(f"assert x  # {n}" for n in many),
        ),
    ]
    claims = [
        claim("C001", "example"),
        claim("C002", "concept", "wrong"),
        claim("C003", "concept"),
        claim("C020", lesson="02"),
        *map(claim, many),
    ]
    with_claims(sound, "".join(cells), *claims)
    assert found(sound).refusals == []


def test_a_file_of_claims_that_cannot_be_read_is_wrong_use(sound: Path) -> None:
    (sound / "lessons/claims.json").write_text('[{"id": "C001"}]')
    ended = cli.run(sound, "check")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "claims.json cannot be read: KeyError: 'lesson'" in ended.err


# -- what has to be run --------------------------------------------------------------------------


def test_a_stub_that_passes_is_refused(sound: Path) -> None:
    stub = sound / "exercises/ex_01_1_tell.py"
    edit(
        stub, 'raise NotImplementedError("say each number, return the sum")', "return sum(numbers)"
    )
    keep_stubs(sound)
    assert problems(sound, "01_1 stub") == ["the stub earns 3 points: P1 passes."]


def test_a_stub_that_cannot_be_imported_is_refused(sound: Path) -> None:
    add(sound / "exercises/ex_01_1_tell.py", "\nhelp_me()\n")
    keep_stubs(sound)
    (says,) = problems(sound, "01_1 stub import")
    assert says == "importing it raises NameError: name 'help_me' is not defined."


def test_a_stub_that_acts_is_refused_unless_it_is_meant_to(sound: Path) -> None:
    add(sound / "exercises/ex_01_1_tell.py", "\nprint('hello')\n")
    keep_stubs(sound)
    assert problems(sound, "01_1 stub import") == ["importing it prints 'hello'."]
    add(sound / TELL_PROPS, '\nSTUB_IS_A_SCRIPT = "the task is to make a module of it"\n')
    assert problems(sound, "01_1 stub import") == []


def test_a_reference_that_fails_under_one_method_is_refused(sound: Path) -> None:
    add(
        sound / "solutions/ex_01_2_end.py",
        '    if ctx.get_start_method() == "spawn":\n        return None\n',
    )
    path = sound / "solutions/ex_01_2_end.py"
    edit(
        path,
        "    children = [",
        "    if ctx.get_start_method() == 'spawn':\n        return []\n    children = [",
    )
    says = problems(sound, "01_2 reference")
    assert [each[:21] for each in says] == ["P1 under spawn: wrong", "P2 under spawn: wrong"]


def test_a_reference_with_a_remark_is_refused(sound: Path) -> None:
    add(sound / "solutions/ex_01_1_tell.py", "\nprint('hello')\n")
    (says,) = problems(sound, "01_1 reference")
    assert says.startswith("remark: Importing ex_01_1_tell.py prints something")
    assert problems(sound, "01_1 reference import") == ["importing it prints 'hello'."]


def test_an_alternative_that_fails_is_refused(sound: Path) -> None:
    add(sound / "tests/alternatives/ex_01_1/by_hand.py", "def tell(numbers, say):\n    return 0\n")
    says = problems(sound, "01_1 alternative by_hand")
    assert [each[:9] for each in says] == ["P1: wrong", "P2: wrong"]


def test_a_misconception_that_is_not_caught_is_refused(sound: Path) -> None:
    edit(sound / "solutions/misconceptions/ex_01_1/says_sums.py", "say(total)", "say(number)")
    assert problems(sound, "01_1 says_sums P2") == ["P2 does not catch it: passed."]


@pytest.mark.slow
def test_a_misconception_must_be_caught_under_every_method_of_its_header(sound: Path) -> None:
    path = sound / WRONG / "join_result.py"
    head = path.read_text().split('"""')[1]
    body = SHORT_END.replace(
        "return [child.exitcode for",
        "return [ctx.get_start_method() == 'fork' or child.exitcode for",
    )
    path.write_text(f'"""{head}"""\n{body}')
    says = problems(sound, "01_2 join_result P2")
    assert says[1:] == [
        "P2 does not catch it under spawn: passed.",
        "P2 does not catch it under forkserver: passed.",
    ]
    assert says[0].startswith("P2 catches it under fork, but the feedback names nothing; seen: ")
    edit(path, "methods: fork spawn forkserver", "methods: fork")
    assert problems(sound, "01_2 join_result P2") == says[:1]


@pytest.mark.slow
def test_a_method_left_out_because_of_another_is_run_by_itself(sound: Path) -> None:
    """Who waits alone under one method is not asked under the next; the check asks all the same."""
    path = sound / WRONG / "join_in_loop.py"
    edit(
        path,
        "    codes = []\n",
        "    codes = []\n    early = ctx.get_start_method() == 'forkserver'\n",
    )
    edit(path, "        child.join()\n", "        None if early else child.join()\n")
    says = problems(sound, "01_2 join_in_loop P1")
    assert len(says) == 1
    assert "under forkserver" in says[0]


def test_a_misconception_that_feedback_does_not_name_is_refused(sound: Path) -> None:
    edit(
        sound / TELL_PROPS,
        'shows=lambda seen: bool(seen.fact("changed_arguments"))',
        "shows=_says_sums",
    )
    (says,) = problems(sound, "01_1 empties_the_list P1")
    assert says.startswith("P1 catches it, but the feedback names nothing; seen: ")


def test_it_must_be_among_the_first_three(sound: Path) -> None:
    """Of four that fit, the last is not named."""
    first, rest = (sound / TELL_PROPS).read_text().split("MISCONCEPTIONS = [\n")
    others = [
        f'    Misconception("other{n}", "Says.", "T01", "a", "b", lambda seen: True),\n'
        for n in range(3)
    ]
    (sound / TELL_PROPS).write_text(first + "MISCONCEPTIONS = [\n" + "".join(others) + rest)
    (says,) = problems(sound, "01_1 drops_last P1")
    assert "the feedback names other0, other1, other2; seen: " in says


@pytest.mark.slow
def test_a_property_that_breaks_is_the_graders_own_fault(sound: Path) -> None:
    edit(
        sound / TELL_PROPS,
        "    _, say = session.reports",
        "    nobody\n    _, say = session.reports",
    )
    ended = cli.run(sound, "check", "01_1", "--jobs", "2", ours=True)
    assert ended.code == 3
    assert "NameError: name 'nobody' is not defined" in ended.out


@pytest.mark.parametrize(
    ("top", "says"),
    [
        ("print('hello')\n", "importing it prints 'hello'."),
        ("import sys\nsys.stderr.write('oh')\n", "importing it prints 'oh'."),
        ("kept = open(__file__)\n", "importing it does something: line 28: open "),
        ("import os\npid = os.getpid()\nos.mkdir('x')\n", "does something: line 30: os.mkdir x."),
        ("import socket\ns = socket.socket()\n", "does something: line 29: socket.__new__"),
        ("import subprocess\np = subprocess.run(['true'])\n", "line 29: subprocess.Popen"),
        (
            "import threading\nthreading.Thread(target=threading.Event().wait).start()\n",
            "importing it leaves a thread running.",
        ),
        ("raise SystemExit(3)\n", "importing it raises SystemExit: 3."),
        ("import os\nos._exit(3)\n", "importing it did not end well: no output."),
    ],
)
def test_a_lesson_that_acts_when_imported_is_refused(sound: Path, top: str, says: str) -> None:
    assert add(sound / LESSON, "# %%\n" + top) == 27
    shown = problems(sound, "lesson 01 import")
    assert any(says in each for each in shown), shown


def test_what_a_lesson_imports_may_act(sound: Path) -> None:
    add(sound / LESSON, "# %%\nimport multiprocessing.pool, tempfile, ctypes, lessons, asyncio\n")
    assert problems(sound, "lesson 01 import") == []


@linux
def test_a_lesson_that_leaves_a_process_is_refused(sound: Path, nothing_left: leaks.Watch) -> None:
    """One in a session of its own, which no group of processes holds."""
    line = "subprocess.Popen([sys.executable, '-c', 'input()'], stdin=r, start_new_session=True)"
    lines = ("import os, subprocess, sys", "r, w = os.pipe()", "os.set_inheritable(w, True)")
    held = line.replace("start_new", "close_fds=False, start_new")
    add(sound / LESSON, code("", *lines, held))
    (says,) = problems(sound, "lesson 01 fork")
    assert says.startswith("under fork it left a process running: ")
    assert says.endswith("-c input().")


def test_a_lesson_that_fails_is_refused(sound: Path) -> None:
    add(sound / LESSON, code("", "import os", "assert os.environ['START'] != 'spawn', 'no spawn'"))
    assert problems(sound, "lesson 01 fork") == []
    assert problems(sound, "lesson 01 spawn") == [
        "under spawn it ended with exit code 1: AssertionError: no spawn"
    ]


# -- the command ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_has_passed_is_remembered_until_something_changes(sound: Path) -> None:
    wanted = ("check", "01_1", "--jobs", "2")
    first = cli.run(sound, *wanted)
    assert first.code == 0, first.out
    assert re.search(
        r"^1 exercise: 7 cases \(0 remembered\), 0 refused, \d+\.\d s\.$", first.out, re.M
    )
    assert not (sound / "build/last").exists()
    assert "7 cases (7 remembered), 0 refused" in cli.run(sound, *wanted).out
    path = sound / "solutions/misconceptions/ex_01_1/says_sums.py"
    edit(path, "say(total)", "say(number)")
    changed = cli.run(sound, *wanted)
    assert changed.code == 1
    assert "7 cases (6 remembered), 1 refused" in changed.out
    assert "solutions/misconceptions/ex_01_1/says_sums.py: P2 does not catch it" in changed.out
    assert re.search(r"props_01_1_tell.py\. Then: python3? -m grader check 01_1\n", changed.out)
    # What was refused is not remembered.
    assert "7 cases (6 remembered), 1 refused" in cli.run(sound, *wanted).out


def keys(folder: Path) -> dict[str, str]:
    return {case.label: case.key() for case in found(folder).cases}


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        (TELL_PROPS, "01_1 "),
        ("exercises/given/ex_01_1.py", "01_1 "),
        ("exercises/drivers/drive_01_1.py", "01_1 "),
        ("solutions/ex_01_1_tell.py", "01_1 reference"),
        (WRONG + "join_result.py", "01_2 join_result"),
        (LESSON, "lesson 01"),
    ],
)
def test_a_change_makes_what_depends_on_it_run_again(sound: Path, name: str, prefix: str) -> None:
    before = keys(sound)
    add(sound / name, "\n# changed\n")
    after = keys(sound)
    changed = {label for label in before if before[label] != after[label]}
    assert changed
    # Who imports from given gets all of it, so importing is tried again everywhere.
    assert all(label.startswith(prefix) or "import" in label for label in changed)
    graded = {label for label in before if label.startswith(prefix) and "import" not in label}
    assert graded <= changed


def test_a_limit_counts_and_a_hint_does_not(sound: Path) -> None:
    before = keys(sound)
    edit(sound / courses.MANIFEST, "Every number is told", "Each number is told")
    assert keys(sound) == before
    edit(sound / courses.MANIFEST, "seconds = 6", "seconds = 7")
    after = keys(sound)
    assert before["01_1 reference"] != after["01_1 reference"]
    assert before["01_2 reference"] == after["01_2 reference"]


@pytest.mark.slow
def test_repeat_counts_and_adds_to_what_is_remembered(sound: Path) -> None:
    course = courses.load(sound)
    (case,) = [each for each in found(sound, "01_1").cases if each.label == "01_1 stub import"]
    tally, done = runner.Tally(case, 4, 1), []
    runner.run_all([tally], 2, done.append)
    assert (done, tally.passed, len(tally.outcomes)) == ([tally], 4, 3)
    command.run(course, ["01_1"], command.Options(repeat=1, jobs=2))
    ended = cli.run(sound, "check", "01_1", "--repeat", "2")
    assert ended.code == 0
    assert len(re.findall(r"^  01_1 .* 2 of 2 +\d+\.\d s$", ended.out, re.M)) == 7
    again = cli.run(sound, "check", "01_1", "--repeat", "2").out
    assert len(re.findall(r"^  01_1 .* 2 of 2  remembered$", again, re.M)) == 7


def test_a_case_that_fails_sometimes_says_how_often(sound: Path, tmp_path: Path) -> None:
    """The second of two imports finds what the first has written."""
    mark = tmp_path / "mark"
    lines = (
        "import os",
        f"assert not os.path.exists({str(mark)!r}), 'seen'",
        f"open({str(mark)!r}, 'x')",
    )
    add(sound / LESSON, code("", *lines))
    no_exercises(sound)
    ended = cli.run(sound, "check", "01", "--repeat", "2", "--jobs", "1")
    assert ended.code == 1
    assert re.search(r"^  lesson 01 spawn +1 of 2 ", ended.out, re.M)
    assert "AssertionError: seen (1 of 2 times)" in ended.out


def test_full_is_the_cross_product(sound: Path) -> None:
    usual = {case.label for case in found(sound).cases}
    full = {case.label for case in found(sound, full=True).cases} - usual
    assert full == {
        *("01_1 reference portable", "01_2 reference portable"),
        *("01_1 drops_last P2", "01_1 empties_the_list P2", "01_1 says_sums P1"),
        *("01_2 join_in_loop P2", "01_2 join_result P1"),
    }
    edit(sound / WRONG / "join_result.py", "fork spawn forkserver", "fork")
    assert "01_2 join_result P2 elsewhere" in {case.label for case in found(sound, full=True).cases}


def test_a_square_of_the_cross_product_says_what_it_is(sound: Path) -> None:
    notes = {}
    for case in found(sound, "01_1", full=True).cases:
        if case.label in ("01_1 drops_last P2", "01_1 says_sums P1"):
            tally = runner.Tally(case, 1, 0)
            runner.run_all([tally], 1, lambda done: None)
            notes[case.label] = (tally.problems, tally.outcomes[0].note)
    assert notes == {
        "01_1 drops_last P2": ([], "fails"),
        "01_1 says_sums P1": ([], "passes"),
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["01_9"], "There is no exercise '01_9'. Exercises: 01_1, 01_2."),
        (["--repeat", "0"], "argument --repeat: '0' is no whole number from 1"),
        (["--jobs", "many"], "argument --jobs: 'many' is no whole number from 1"),
    ],
)
def test_wrong_use_is_one_line(sound: Path, words: list[str], says: str) -> None:
    ended = cli.run(sound, "check", *words)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert says in ended.err


def test_the_students_copy_says_that_it_has_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grader.authors", None)
    options = grader_cli._parser().parse_args(["check"])
    with pytest.raises(WrongUse, match="is for students: nothing to check"):
        options.run(options)


def test_a_lesson_without_exercises_can_be_asked_for(sound: Path) -> None:
    text = (sound / courses.MANIFEST).read_text()
    (sound / courses.MANIFEST).write_text(text + '\n[[lesson]]\nid = "02"\ntitle = "More"\n')
    add(sound / "lessons/lesson_02_more.py", "# %%\nx = print()\n")
    assert the_one(sound, "2").where == "lessons/lesson_02_more.py:2"


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_nothing(
    sound: Path, tmp_path: Path, nothing_left: leaks.Watch, number: signal.Signals
) -> None:
    """A lesson says that it runs, and holds its end of a fifo: its end is end-of-file."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    lines = (
        "import signal",
        f"line = open({str(fifo)!r}, 'w')",
        "print('here', file=line, flush=True)",
    )
    add(sound / LESSON, code("", *lines, "signal.pause()"))
    process = cli.start(sound, "check", "01", "--jobs", "4", TMPDIR=str(nothing_left.folder))
    with fifo.open() as line:
        assert line.readline() == "here\n"
        process.send_signal(number)
        ended = cli.end(process, tmp_path / "none")
        assert set(line.read().splitlines()) <= {"here"}
    assert ended.code == 130
    assert ended.err.endswith("Stopped. Nothing is left running.\n")


@pytest.mark.slow
def test_the_course_passes() -> None:
    # Every reference, alternative and misconception: minutes on two busy cores.
    ended = cli.run(CHECKOUT, "check", patience=900)
    assert ended.code == 0, ended.out
