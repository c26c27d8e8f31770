"""What the documents say is so: their command lines are run, and what they show is what comes.

All commands are run in a copy of the checkout whose path has a space and Chinese characters.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import checkouts
from support.checkouts import Ended
from support.courses import CHECKOUT

from grader import course as courses
from grader import edition, originals

slow = pytest.mark.slow

Try = Callable[[Path], None]

# -- reading a document ----------------------------------------------------------------------------

_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORDS = r"(?:[A-Z]+=\S+ )*(?:make|python3?|git) "
_INLINE = re.compile(rf"`({_WORDS}[^`]+)`")
_LINE = re.compile(rf"(?:\$ )?({_WORDS}.+?)(?:\s+#.*)?")
_WITHIN = re.compile(r"python -m grader [a-z]+(?: \d\d_\d)?(?: P\d)?$", re.MULTILINE)


def blocks(text: str) -> list[str]:
    """The blocks of code of a document."""
    return _BLOCK.findall(text)


def commands(text: str) -> list[str]:
    """Every command line that a document shows, once, in order."""
    found = []
    for block in blocks(text):
        for line in block.splitlines():
            whole = _LINE.fullmatch(line)
            found += [whole[1]] if whole else _WITHIN.findall(line)
    found += _INLINE.findall(_BLOCK.sub("", text))
    return list(dict.fromkeys(found))


def read(name: str) -> str:
    """A document of the checkout."""
    return (CHECKOUT / name).read_text(encoding="utf-8")


def test_commands_are_found_wherever_they_stand() -> None:
    text = "Say `make a B=1`, with `make` only.\n"
    text += "```\n$ python -m x\nout: python -m grader hint 02_1\nmake c  # why\n```\n"
    text += "| `START=spawn make d` or `python3 f.py` |\n"
    lines = ["python -m x", "python -m grader hint 02_1", "make c"]
    assert commands(text) == [*lines, "make a B=1", "START=spawn make d", "python3 f.py"]


# -- copies ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout; who changes it puts it right again."""
    return checkouts.copy(tmp_path_factory.mktemp("documents") / checkouts.ODD)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The student edition, unpacked from its zip."""
    out = tmp_path_factory.mktemp("edition")
    edition.make(courses.load(CHECKOUT), CHECKOUT, out)
    folder = out / checkouts.ODD
    with zipfile.ZipFile(out / f"{edition.NAME}.zip") as archive:
        archive.extractall(folder)
    return checkouts.lend_environment(folder / edition.NAME)


def source(exercise: str, wrong: str = "") -> str:
    """The reference of an exercise, or one of its wrong solutions."""
    name = f"misconceptions/ex_{exercise}/{wrong}.py" if wrong else f"ex_{exercise}_*.py"
    (path,) = (CHECKOUT / "solutions").glob(name)
    return path.read_text(encoding="utf-8")


@contextlib.contextmanager
def written(root: Path, exercise: str, text: str, folder: str = "exercises") -> Iterator[Path]:
    """A student's file; the stub is there again afterwards."""
    course = courses.load(root)
    one = course.one(exercise)
    path = root / folder / course.file_name(one)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        yield path
    finally:
        path.write_text(originals.original(course, one), encoding="utf-8")


def good(root: Path, line: str, *words: str) -> Ended:
    """Run a line that must succeed and say certain words."""
    return ends(root, line, 0, *words)


def ends(root: Path, line: str, code: int, *words: str) -> Ended:
    """Run a line that must end with a certain code, say certain words, and show no traceback."""
    ended = checkouts.run(root, line)
    assert ended.code == code, ended.said
    assert "Traceback" not in ended.out + ended.err, ended.said
    for each in words:
        assert each in ended.out + ended.err, f"no {each!r}:\n{ended.said}"
    return ended


# -- what is done with each command ----------------------------------------------------------------


def grade_stubs(line: str, failing: int) -> Try:
    """Nothing was written yet: every exercise is named, and what to do first."""

    def attempt(root: Path) -> None:
        ended = ends(root, line, failing, "Next: write exercises/ex_01_1_", "grade 01_1")
        exercises = courses.load(root).exercises
        assert len(re.findall(r"^  \d\d_\d .* not attempted", ended.out, re.MULTILINE)) == len(
            exercises
        )

    return attempt


def grade_right(line: str, exercise: str, folder: str = "exercises") -> Try:
    """A right solution passes."""

    def attempt(root: Path) -> None:
        with written(root, exercise, source(exercise), folder):
            good(root, line, f"{exercise} ", "All of it is right.")

    return attempt


def grade_lesson(line: str) -> Try:
    """All exercises of one lesson and no other are graded."""

    def attempt(root: Path) -> None:
        (number,) = re.findall(r"EX=(\d\d)\b", line)
        ended = ends(root, line, 2, "not attempted")
        ids = re.findall(r"^  (\d\d_\d) ", ended.out, re.MULTILINE)
        assert ids == [each.id for each in courses.load(root).exercises if each.lesson == number]

    return attempt


def run_lesson(line: str, *words: str) -> Try:
    """A lesson runs to its end."""

    def attempt(root: Path) -> None:
        ended = checkouts.run(root, line)  # it may show the traceback of a child, on purpose
        assert ended.code == 0, ended.said
        assert len(ended.out.splitlines()) > 3, ended.said
        assert all(each in ended.out for each in words), ended.said

    return attempt


def hint(line: str, exercise: str) -> Try:
    """Each time another hint."""

    def attempt(root: Path) -> None:
        count = len(courses.load(root).one(exercise).hints)
        first = good(root, line, f"{exercise} · ", f"hint 1 of {count}")
        assert good(root, line, f"hint 2 of {count}").out != first.out

    return attempt


def reset(line: str, exercise: str) -> Try:
    """The stub is back, and the file is saved."""

    def attempt(root: Path) -> None:
        with written(root, exercise, "mine = 1\n") as path:
            ended = good(root, line, "is the stub again", "build/saved/")
            saved = root / ended.out.split("saved as ")[1].strip().rstrip(".")
            assert saved.read_text() == "mine = 1\n"
            course = courses.load(root)
            assert path.read_text("utf-8") == originals.original(course, course.one(exercise))

    return attempt


def repro(line: str, exercise: str, function: str) -> Try:
    """The call that failed is made again, with prints, and fails again."""

    def attempt(root: Path) -> None:
        wrong = f"def {function}(*given, **named):\n    print('here I am')\n    return None\n"
        with written(root, exercise, wrong):
            ends(root, f"python -m grader grade {exercise} --property P1", 1, line)
            ends(root, line, 1, "as it is now", "\nhere I am\n", "call ")

    return attempt


def demonstrate(root: Path) -> None:
    """Run by itself, the stub says what is to be written, and a solution answers."""
    line = "python3 exercises/ex_01_1_waiting_times.py"
    ended = checkouts.run(root, line)
    assert ended.code == 1, ended.said
    assert "NotImplementedError: return a list" in ended.err, ended.said
    stub = (root / "exercises/ex_01_1_waiting_times.py").read_text("utf-8")
    guard = stub.split("\nif __name__")[1]
    with written(root, "01_1", f"{source('01_1')}\nif __name__{guard}"):
        ended = good(root, line)
    shown = [line.split("got")[1].split("expected") for line in ended.out.splitlines()]
    assert shown, ended.said
    assert all(got.strip() == expected.strip() for got, expected in shown), ended.said


def make_edition(root: Path) -> None:
    good(root, "make student-edition", f"build/{edition.NAME} (", f"{edition.NAME}.zip")
    folder = root / "build" / edition.NAME
    assert (folder / "README.md").read_text("utf-8") == read("grader/student/README.md")
    assert not (folder / "solutions").exists()
    assert zipfile.is_zipfile(folder.with_name(f"{edition.NAME}.zip"))


def notebooks(root: Path) -> None:
    """One lesson: all of them take minutes."""
    good(root, "make notebooks ARGS=01", "build/notebooks/")
    (path,) = (root / "build/notebooks").glob("*.ipynb")
    cells = json.loads(path.read_bytes())["cells"]
    assert any(output for cell in cells for output in cell.get("outputs", []))


def show_help(root: Path) -> None:
    ended = good(root, "python -m grader --help")
    both = read("README.md") + read("CONTRIBUTING.md")
    for name in re.findall(r"python -m grader ([a-z]+)", both):
        assert re.search(rf"^    {name}\b", ended.out, re.MULTILINE), f"no {name} in:\n{ended.said}"


# A reason, in place of what is done, for the few that are not run here.
README: dict[str, Try | str] = {
    "git clone <this repository> course && cd course": "its address is not known here",
    "make test": "it would run this very test",
    "python -m grader …": "it stands for all the others",
    "make check": "all of the course takes minutes; test_recipes.py ends in it, for its new parts",
    "make bench": "test_bench.py runs it, one round",
    "make grade": grade_stubs("make grade", 2),
    "make grade FROM=solutions EX=02": "see test_what_is_shown_is_what_comes",
    "python -m grader grade 01_1": grade_right("python -m grader grade 01_1", "01_1"),
    "python -m grader repro 02_1 P1": repro("python -m grader repro 02_1 P1", "02_1", "run_all"),
    "make lesson-02": run_lesson("make lesson-02", "start method: "),
    "START=spawn make lesson-02": run_lesson("START=spawn make lesson-02", "start method: spawn"),
    "make grade EX=02_1": "see test_what_is_shown_is_what_comes",
    "make hint EX=02_1": hint("make hint EX=02_1", "02_1"),
    "make reset EX=02_1": reset("make reset EX=02_1", "02_1"),
    "make grade EX=01": grade_lesson("make grade EX=01"),
    "make student-edition": make_edition,
    "make notebooks": notebooks,
    "python -m grader grade 02_1": grade_right("python -m grader grade 02_1", "02_1"),
    "python -m grader lesson 02": run_lesson("python -m grader lesson 02", "start method: "),
    "python -m grader --help": show_help,
}
"""What a table says without a command line of its own: `test_the_variables_of_make_grade`."""

STUDENT: dict[str, Try | str] = {
    "make grade": grade_stubs("make grade", 2),
    "make lesson-01": run_lesson("make lesson-01"),
    "python -m grader grade": grade_stubs("python -m grader grade", 1),
    "python -m grader lesson 01": run_lesson("python -m grader lesson 01"),
    "python3 exercises/ex_01_1_waiting_times.py": demonstrate,
    "make grade EX=01_1": grade_right("make grade EX=01_1", "01_1"),
    "make hint EX=01_1": hint("make hint EX=01_1", "01_1"),
    "make reset EX=01_1": reset("make reset EX=01_1", "01_1"),
    "python -m grader repro 01_1 P1": repro(
        "python -m grader repro 01_1 P1", "01_1", "waiting_times"
    ),
    "make lesson-02": run_lesson("make lesson-02", "start method: "),
    "START=spawn make lesson-02": run_lesson("START=spawn make lesson-02", "start method: spawn"),
    "make grade EX=02": grade_lesson("make grade EX=02"),
    "make grade EX=02_1 FROM=folder": grade_right(
        "make grade EX=02_1 FROM=folder", "02_1", "folder"
    ),
}

CONTRIBUTING: dict[str, Try | str] = {
    "make check": "see README.md",
    "make lesson-06": "test_recipes.py follows the recipe",
    "make check EX=06": "test_recipes.py follows the recipe",
    "python -m grader originals": "test_recipes.py follows the recipe",
    "make check EX=06_1": "test_recipes.py follows the recipe",
    "make lint": ".ci/run begins with it",
    "make test": "it would run this very test",
}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("README.md", README),
        ("grader/student/README.md", STUDENT),
        ("CONTRIBUTING.md", CONTRIBUTING),
    ],
)
def test_every_command_is_known_here(name: str, known: dict[str, Try | str]) -> None:
    assert sorted(commands(read(name))) == sorted(known)


def _tried(known: dict[str, Try | str]) -> list[object]:
    quick = re.compile(r".*\b(hint|reset|--help|make grade$)")
    return [
        pytest.param(attempt, id=line, marks=() if quick.match(line) else slow)
        for line, attempt in known.items()
        if not isinstance(attempt, str)
    ]


@pytest.mark.parametrize("attempt", _tried(README))
def test_a_command_of_the_readme(root: Path, attempt: Try) -> None:
    attempt(root)


@pytest.mark.parametrize("attempt", _tried(STUDENT))
def test_a_command_of_the_students_readme(unpacked: Path, attempt: Try) -> None:
    attempt(unpacked)


def test_the_variables_of_make_grade(root: Path) -> None:
    """`EX=02` and `FROM=folder` are named in a table, without a command line of their own."""
    assert "`EX=02` a whole lesson, `FROM=folder` files that lie elsewhere" in read("README.md")
    grade_lesson("make grade EX=02")(root)
    (root / "my folder").mkdir()
    ends(root, 'make grade EX=02_1 FROM="my folder"', 2, "There is no file ex_02_1_run_all.py.")


# -- what is shown ---------------------------------------------------------------------------------


def _steady(text: str) -> list[str]:
    """Lines with what differs from run to run taken out: times, and what make says to stderr."""
    lines = re.sub(r" +\d+\.\d s$", " N s", text, flags=re.MULTILINE).splitlines()
    return [line for line in lines if line]


def assert_shown(shown: str, came: str) -> None:
    """All lines shown come, in order and together; ``…`` stands for any others."""
    lines = _steady(came)
    for part in re.split(r"^…$", shown, flags=re.MULTILINE):
        wanted = _steady(part)
        places = [
            place for place in range(len(lines)) if lines[place : place + len(wanted)] == wanted
        ]
        assert places, "\n".join(["not shown like that:", *wanted, "", "it is:", *lines])
        lines = lines[places[0] + len(wanted) :]


SHOWN: list[tuple[str, str, str]] = [
    ("make grade FROM=solutions EX=02", "02_1", ""),
    ("make grade", "", ""),
    ("make grade EX=02_1", "02_1", "join_in_loop"),
]
"""What makes the second, third and fourth block of the README, and the file that is graded."""


def test_what_is_shown_is_known_here() -> None:
    first, *rest = blocks(read("README.md"))
    assert "git clone" in first
    assert len(rest) == len(SHOWN)
    for (line, *_), block in zip(SHOWN, rest, strict=True):
        assert block.startswith(f"$ {line}\n") or not block.startswith("$")


@slow
@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_what_is_shown_is_what_comes(root: Path, number: int) -> None:
    line, exercise, wrong = SHOWN[number]
    shown = blocks(read("README.md"))[number + 1].removeprefix(f"$ {line}\n")
    with contextlib.ExitStack() as stack:
        if wrong:
            stack.enter_context(written(root, exercise, source(exercise, wrong)))
        ended = checkouts.run(root, line)
    assert ended.code == (0 if "FROM=solutions" in line else 2), ended.said
    assert_shown(shown, ended.out)


def test_lines_in_another_order_are_not_what_is_shown() -> None:
    assert_shown("a   1.2 s\n…\nc\n", "a   3.4 s\nb\nc\n")
    for wrong in ("c\n…\na N s\n", "a N s\nc\n", "d\n"):
        with pytest.raises(AssertionError, match="not shown like that"):
            assert_shown(wrong, "a   3.4 s\nb\nc\n")


# -- exit codes and make ---------------------------------------------------------------------------


def test_make_adds_its_own_line_as_the_readme_says(root: Path) -> None:
    ended = ends(root, "make grade EX=99", 2, "There is no exercise '99'.")
    assert re.search(r"^make: \*\*\* \[.*grade\] Error 2$", ended.err, re.MULTILINE), ended.said
    assert ends(root, "python -m grader grade 99", 2).err.count("\n") == 1


@pytest.mark.parametrize("name", ["Makefile", "grader/student/Makefile"])
def test_a_makefile_explains_every_target(name: str) -> None:
    text = read(name)
    targets = set(re.findall(r"^([a-z-]+)%?:", text, re.MULTILINE)) - {"help"}
    explained = re.findall(r"^## make ([a-z]+(?:-[a-z]+)*)(?:-\d\d)?\b", text, re.MULTILINE)
    assert sorted(each.rstrip("-") for each in targets) == sorted(explained)
    phony = set(re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE)[0].split())
    assert phony == {each for each in targets if not each.endswith("-")} | {"help", "FORCE"}


def test_make_alone_shows_the_targets(root: Path, unpacked: Path) -> None:
    for each, name in ((root, "Makefile"), (unpacked, "grader/student/Makefile")):
        ended = good(each, "make", "make lesson-02", "make grade EX=02_1")
        assert ended.out.count("  make ") == read(name).count("## make ")


def test_the_students_table_runs_every_target_of_their_makefile() -> None:
    targets = re.findall(r"^([a-z]+)(?:-%)?:", read("grader/student/Makefile"), re.MULTILINE)
    run = {re.findall(r"make ([a-z]+)", line)[0] for line in STUDENT if "make " in line}
    assert run | {"help"} == set(targets)


# -- what is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "grader/README.md", "docs/threat-model.md"],
)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
        assert (CHECKOUT / name).parent.joinpath(target).exists(), f"{name}: {target}"


def test_the_readme_counts_the_claims_right() -> None:
    claims = json.loads(read("lessons/claims.json"))
    said = re.search(r"(\d+) of its claims were checked, (\d+) are wrong", read("README.md"))
    assert said
    counted, wrong = said.groups()
    assert int(counted) == len(claims)
    assert int(wrong) == sum(claim["verdict"] == "wrong" for claim in claims)


def test_the_pythons_named_are_those_that_are_tried() -> None:
    from grader.__main__ import NEWEST, OLDEST

    text = read("README.md")
    assert "newest from {}.{} to {}.{} that".format(*OLDEST, *NEWEST) in text
    assert "You need Python {}.{} or newer".format(*OLDEST) in text
    assert "You need Python {}.{} or newer".format(*OLDEST) in read("grader/student/README.md")


def test_the_threat_model_names_every_observed_property() -> None:
    observed = []
    for path in sorted((CHECKOUT / "exercises/properties").glob("props_*.py")):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            decorators = getattr(each, "decorator_list", [])
            words = [node for one in decorators for node in ast.walk(one)]
            if any(isinstance(word, ast.Constant) and word.value == "observed" for word in words):
                assert isinstance(each, ast.FunctionDef)
                observed.append(f"`{path.name[6:10]}` {each.name.split('_')[1].upper()}")
    text = read("docs/threat-model.md")
    assert re.findall(r"Observed properties: (\d+)", text) == [str(len(observed))]
    assert re.findall(r"`\d\d_\d` P\d", text) == observed


def test_the_exit_codes_named_are_those_of_the_commands() -> None:
    from grader import cli

    codes = (cli.PASSED, cli.FAILED, cli.WRONG_USE, cli.FAULT, cli.STOPPED)
    named = re.findall(r"^Exit codes: (.*?)\. ", read("README.md"), re.MULTILINE)[0]
    assert re.findall(r"\d+", named) == [str(code) for code in codes]


def test_the_map_of_the_grader_is_complete() -> None:
    """Every module of the grader stands in its map."""
    text = blocks(read("grader/README.md"))[0]
    for folder in ("grader", "grader/inside/kit", "grader/system"):
        for path in (CHECKOUT / folder).glob("[!_]*.py"):
            assert re.search(rf"\b{path.stem}\b", text), f"it lacks {folder}/{path.name}"
