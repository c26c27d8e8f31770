"""CONTRIBUTING's two recipes, followed line by line in a copy of the checkout.

Each numbered line of the document stands here once more, beside the step that carries it out. Who
changes a recipe has to change its step. The document's number 06 is replaced by one that no lesson
will have, since one day there is a lesson 06.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support import checkouts
from support.courses import CHECKOUT

from grader import system

pytestmark = pytest.mark.slow

NEW = "99"
CLAIM = "C999"
METHODS = tuple(system.start_methods())

Step = Callable[[Path], None]


def recipe(heading: str) -> list[str]:
    """The numbered lines below a heading of the document."""
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(r"^(\d+)\. (.*)$", section, re.MULTILINE)
    assert [int(number) for number, _ in found] == list(range(1, len(found) + 1))
    return [line for _, line in found]


def put(path: Path, text: str) -> None:
    """Write a new file, whole: what a step makes is not there before it."""
    assert not path.exists(), f"{path} is there already"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add(path: Path, text: str) -> None:
    """Add to a file that is there."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that stands there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def good(root: Path, line: str, **environ: str) -> str:
    """Run a command line that must succeed."""
    ended = checkouts.run(root, line, **environ)
    assert ended.code == 0, ended.said
    return ended.out


# -- a lesson --------------------------------------------------------------------------------------

LESSON = f"lessons/lesson_{NEW}_doubling.py"
HEAD = f"# %% [markdown]\n# # Lesson {NEW} · Doubling\n"


def append_lesson(root: Path) -> None:
    add(root / "course.toml", f'\n[[lesson]]\nid = "{NEW}"\ntitle = "Doubling"\n')


def write_lesson(root: Path) -> None:
    pattern = next((root / "lessons").glob("lesson_02_*.py")).read_text(encoding="utf-8")
    assert pattern.startswith("# %% [markdown]\n# # Lesson 02 · ")
    head = f"{HEAD}#\n# *Goal:* double a number elsewhere.\n"
    put(root / LESSON, f"{head}\n\n# %%\nimport multiprocessing as mp\nimport os\n")


def write_cells(root: Path) -> None:
    add(root / LESSON, "\n\n# %%\ndef double(number, line):\n    line.send(2 * number)\n")
    add(root / LESSON, '\n\n# %%\nif __name__ == "__main__":\n    CONTEXT\n')


def choose_start_method(root: Path) -> None:
    (line,) = re.findall(r"`(ctx = [^`]+)`", recipe("Add a lesson")[3])
    change(root / LESSON, "CONTEXT", line + '\n    print("start method:", ctx.get_start_method())')


def tag_cells(root: Path) -> None:
    claims = json.loads((root / "lessons/claims.json").read_text(encoding="utf-8"))
    assert claims[0].keys() >= {"id", "lesson", "kind", "verdict", "en"}
    new = {"id": CLAIM, "lesson": NEW, "kind": "rule", "verdict": "right", "en": "It is doubled."}
    text = json.dumps([*claims, {**claims[0], **new}], ensure_ascii=False, indent=0)
    (root / "lessons/claims.json").write_text(text, encoding="utf-8")
    add(root / LESSON, f'\n# %% tags=["{CLAIM}"]\nif __name__ == "__main__":\n')


def assert_claim(root: Path) -> None:
    refused = checkouts.run(root, f"make check EX={NEW}")
    assert refused.code == 2, refused.said
    assert f"no cell of lesson {NEW} has the tag" not in refused.out, refused.said
    add(
        root / LESSON,
        "    ours, theirs = ctx.Pipe()\n"
        "    child = ctx.Process(target=double, args=(21, theirs))\n"
        "    child.start()\n"
        "    answer = ours.recv()\n"
        "    child.join()\n"
        '    print("the child says", answer)\n'
        f"    assert answer == 42  # {CLAIM}\n",
    )


def show_mistake(root: Path) -> None:
    change(root / LESSON, "import os\n", "import os\n\nfrom grader.reading import expect\n")
    add(
        root / LESSON,
        '\n# %%\nif __name__ == "__main__":\n'
        "    with expect(TypeError) as caught:\n"
        "        double(21)\n"
        '    assert "line" in str(caught.error)\n',
    )


def predict_and_remember(root: Path) -> None:
    add(
        root / LESSON,
        "\n# %% [markdown]\n# Before you run it: which process doubles?\n"
        "# It prints `the child says 42`.\n"
        "#\n# Remember:\n#\n# 1. A child computes.\n# 2. A pipe carries.\n# 3. A join waits.\n",
    )


def leave_nothing(root: Path) -> None:
    add(
        root / LESSON,
        '\n# %%\nif __name__ == "__main__":\n'
        "    waits, other = ctx.Pipe()\n"
        "    hangs = ctx.Process(target=waits.recv)\n"
        "    hangs.start()\n"
        "    hangs.join(timeout=0.1)\n"
        "    assert hangs.is_alive()\n"
        "    hangs.kill()\n"
        "    hangs.join()\n",
    )


def run_and_check_lesson(root: Path) -> None:
    for method in METHODS:
        out = good(root, f"make lesson-{NEW}", START=method)
        assert f"start method: {method}" in out
        assert "the child says 42" in out
    out = good(root, f"make check EX={NEW}")
    assert f"lesson {NEW} import" in out
    assert all(f"lesson {NEW} {method}" in out for method in METHODS)
    assert ", 0 refused, " in out


LESSON_STEPS: list[tuple[str, Step]] = [
    (
        'Append a block to `course.toml`: `[[lesson]]` with `id = "06"` and `title = "…"`.',
        append_lesson,
    ),
    (
        "Write `lessons/lesson_06_<subject>.py` in jupytext percent format; "
        "lesson 02 is a good pattern.",
        write_lesson,
    ),
    (
        "Cells that define stand at module level; cells that act are one "
        '`if __name__ == "__main__":` block each.',
        write_cells,
    ),
    (
        "The first acting cell chooses the start method: "
        '`ctx = mp.get_context(os.environ.get("START") or None)`.',
        choose_start_method,
    ),
    (
        'Tag each cell with the claims it teaches: `# %% tags=["C036"]`; '
        "they are listed in `lessons/claims.json`.",
        tag_cells,
    ),
    (
        "A claim that needs it has an assert of its own in a tagged code cell, marked `# C036`; "
        "at most four a cell, unless it is tagged `table`.",
        assert_claim,
    ),
    (
        "A mistake is shown failing: `with expect(TypeError) as caught:` from `grader.reading`.",
        show_mistake,
    ),
    (
        "Predict first, then run; expected output stands beside the code; "
        "end with three lines to remember.",
        predict_and_remember,
    ),
    (
        "Nothing hangs and nothing is left: what would hang runs in a child with a deadline.",
        leave_nothing,
    ),
    (
        "Run `make lesson-06` under every `START`, then `make check EX=06`.",
        run_and_check_lesson,
    ),
]


def test_a_lesson_is_added_as_the_recipe_says(tmp_path: Path) -> None:
    assert recipe("Add a lesson") == [line for line, _ in LESSON_STEPS]
    root = checkouts.copy(tmp_path / checkouts.ODD)
    for _, step in LESSON_STEPS:
        step(root)


# -- an exercise -----------------------------------------------------------------------------------

EXERCISE = f"{NEW}_1"
NAME = f"{EXERCISE}_twice.py"
NAMES = '\n__all__ = [\n    "exit_with_seven",\n'
SIGNATURE = '''def twice(ctx, target, line):
    """Start two processes that each call target(line), wait for both, return their exit codes."""
'''
MANIFEST = f"""
[[lesson]]
id = "{NEW}"
title = "Doubling"

[[lesson.exercise]]
id = "{EXERCISE}"
title = "Twice"
stars = 1
points = 2
seconds = 20
processes = true
functions = ["twice"]
hints = [
    {{ cell = "C035", text = "Which method makes a process of a plan?" }},
    {{ cell = "C039", text = "What tells you how a process ended, and when?" }},
]
"""


def append_exercise(root: Path) -> None:
    """With a lesson to belong to: the one of the other recipe, as short as it can be."""
    add(root / "course.toml", MANIFEST)
    put(root / LESSON, HEAD)


def write_stub(root: Path) -> None:
    put(
        root / f"exercises/ex_{NAME}",
        f'"""Exercise {EXERCISE} · Twice ★\n\nCall target(line) in two processes.\n"""\n\n'
        "import multiprocessing\n\nfrom given import exit_with_seven\n\n\n"
        f"{SIGNATURE}    # Your code goes here, in place of the next line.\n"
        '    raise NotImplementedError("start two, wait for two")\n\n\n'
        'if __name__ == "__main__":\n'
        "    ctx = multiprocessing.get_context()\n"
        '    print("got", twice(ctx, exit_with_seven, None), "  expected [7, 7]")\n',
    )


def give(root: Path) -> None:
    put(
        root / f"exercises/given/ex_{EXERCISE}.py",
        f'"""Given for exercise {EXERCISE}."""\n\nimport sys\n\n__all__ = ["exit_with_seven"]\n\n\n'
        'def exit_with_seven(line: object) -> None:\n    """End this process with the code 7."""\n'
        "    sys.exit(7)\n",
    )
    package = root / "exercises/given/__init__.py"
    change(package, "\n__all__ = [\n", f"from .ex_{EXERCISE} import exit_with_seven\n{NAMES}")


def keep_stub(root: Path) -> None:
    assert "Written: exercises/originals.json" in good(root, "python -m grader originals")
    kept = json.loads((root / "exercises/originals.json").read_text(encoding="utf-8"))
    assert kept[EXERCISE] == (root / f"exercises/ex_{NAME}").read_text(encoding="utf-8")


def body(*lines: str) -> str:
    """The function with a body that first makes two processes."""
    make = "    children = [ctx.Process(target=target, args=(line,)) for _ in range(2)]\n"
    return SIGNATURE + make + "".join(f"    {line}\n" for line in lines)


START = ("for child in children:", "    child.start()")
JOIN = ("for child in children:", "    child.join()")
CODES = "return [child.exitcode for child in children]"


def write_reference(root: Path) -> None:
    right = body(*START, *JOIN, CODES)
    put(root / f"solutions/ex_{NAME}", f'"""{EXERCISE}: two loops."""\n\n\n{right}')


PROPERTIES = '''"""What `twice` must fulfil."""

from hypothesis import given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, evidence


@evidence("value")
@settings(max_examples=1)
@given(line=st.none())
def test_p1_both_codes_come_back(session, line):
    """Both exit codes come back."""
    codes = session.call("twice", session.ctx, session.given("exit_with_seven"), line)
    check.equal(codes, [7, 7], "These are not the codes of two processes that end with 7.")


@evidence("value")
@settings(max_examples=1)
@given(line=st.none())
def test_p2_a_list_comes_back(session, line):
    """A list comes back."""
    check.is_a(session.call("twice", session.ctx, session.given("exit_with_seven"), line), list)


MISCONCEPTIONS = [
]
'''


def write_properties(root: Path) -> None:
    put(root / f"exercises/properties/props_{NAME}", PROPERTIES)


def write_misconception(root: Path) -> None:
    path = root / f"solutions/misconceptions/ex_{EXERCISE}/join_result.py"
    header = f"caught-by: P1\nmethods: {' '.join(METHODS)}"
    wrong = body(*START, "return [child.join() for child in children]")
    add(root / f"exercises/properties/props_{NAME}", 'GUARDS = {"P2": "one code by itself"}\n')
    put(path, f'"""join() is taken for the exit code.\n\n{header}\n"""\n\n\n{wrong}')


def list_misconception(root: Path) -> None:
    change(
        root / f"exercises/properties/props_{NAME}",
        "MISCONCEPTIONS = [\n",
        'MISCONCEPTIONS = [\n    Misconception(\n        name="join_result",\n'
        '        says="join() always returns None.",\n        cell="C039",\n'
        '        wrong="codes.append(child.join())",\n'
        '        right="child.join()\\ncodes.append(child.exitcode)",\n'
        "        shows=lambda seen: seen.came == [None, None],\n    ),\n",
    )


def write_alternatives(root: Path) -> None:
    folder = root / f"tests/alternatives/ex_{EXERCISE}"
    put(folder / "backwards.py", body(*START, "for child in reversed(children):", JOIN[1], CODES))
    names = ("one, two = children", "return [one.exitcode, two.exitcode]")
    put(folder / "by_name.py", body(*START, *JOIN, *names))


def check_exercise(root: Path) -> None:
    out = good(root, f"make check EX={EXERCISE}")
    for case in ("stub", "reference", "alternative backwards", "alternative by_name"):
        assert f"{EXERCISE} {case} " in out
    assert f"{EXERCISE} join_result P1 " in out
    assert ", 0 refused, " in out


EXERCISE_STEPS: list[tuple[str, Step]] = [
    (
        "Append `[[lesson.exercise]]` to its lesson in `course.toml`: "
        "id, title, stars, points, seconds, processes, functions, hints.",
        append_exercise,
    ),
    (
        "Write the stub `exercises/ex_06_1_<subject>.py`: the task in the docstring, one hole, "
        "a demonstration under the guard.",
        write_stub,
    ),
    (
        "What it may import goes into `exercises/given/ex_06_1.py`; "
        "name it in `exercises/given/__init__.py`.",
        give,
    ),
    ("Keep the stub: `python -m grader originals`.", keep_stub),
    ("Write the reference `solutions/ex_06_1_<subject>.py`.", write_reference),
    (
        "Write `exercises/properties/props_06_1_<subject>.py`: `test_p1_…(session, …)` "
        "with `@evidence`, `@settings`, `@given`.",
        write_properties,
    ),
    (
        "Give each property a wrong solution in `solutions/misconceptions/ex_06_1/` "
        "(its header says `caught-by:` and `methods:`), "
        'or say in `GUARDS = {"P3": "…"}` what it guards.',
        write_misconception,
    ),
    (
        "List them in `MISCONCEPTIONS`, each with its sentence, its cell, "
        "and how it is told from what was seen.",
        list_misconception,
    ),
    (
        "Put two other right solutions into `tests/alternatives/ex_06_1/`: "
        "a property rejects wrong ones, not unusual ones.",
        write_alternatives,
    ),
    ("Run `make check EX=06_1`.", check_exercise),
]


def test_an_exercise_is_added_as_the_recipe_says(tmp_path: Path) -> None:
    assert recipe("Add an exercise") == [line for line, _ in EXERCISE_STEPS]
    root = checkouts.copy(tmp_path / checkouts.ODD)
    for _, step in EXERCISE_STEPS:
        step(root)
