"""What a student reads: whole records as the exact text that is made of them, on any terminal."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from support import command
from support.courses import Copy

from grader import compare, feedback, terminal
from grader.failure import Failed, Status
from grader.verdict import ExerciseResult, Finding, Likely, PropertyResult, Run, overall

PASSED, WRONG, TIMED_OUT = Status.PASSED, Status.WRONG, Status.TIMED_OUT


def finding(says: str = "This is not the sum.", **more: Any) -> Finding:
    """What was found, as short as it can be."""
    plain: dict[str, Any] = {
        "call": "tell([3, 1], <say>)",
        "inputs": {"numbers": "[3, 1]"},
        "came": None,
        "expected": None,
        "likely": (),
        "stacks": (),
        "printed": "",
        "depends_on_history": False,
        "replay": None,
    }
    return Finding(says=says, **plain | more)


def run(status: Status, found: Finding | None = None, method: str | None = None) -> Run:
    """One run of a property."""
    return Run(method=method, status=status, seconds=0.1, finding=found)


def asked(number: int, *runs: Run, words: str = "The sum is returned.") -> PropertyResult:
    """One property."""
    return PropertyResult(
        id=f"P{number}",
        words=words,
        evidence=("value",),
        weight=1,
        status=overall(each.status for each in runs),
        runs=runs,
    )


def result(*properties: PropertyResult, **more: Any) -> ExerciseResult:
    """One exercise."""
    plain: dict[str, Any] = {
        "id": "01_1",
        "title": "Tell each number",
        "file": "ex_01_1_tell.py",
        "status": overall(each.status for each in properties),
        "reason": "",
        "points": 0.0,
        "max_points": 3,
        "remarks": (),
        "seconds": 1.25,
    }
    return ExerciseResult(properties=properties, **plain | more)


def likely(name: str, where: str = "lessons/l.py:12", wrong: str = "a\nb") -> Likely:
    """A misconception."""
    return Likely(
        name=name,
        says=f"It is {name}.",
        cell="T01",
        where=where,
        wrong=wrong,
        right="for each in all:\n    b\nc",
    )


def text(*properties: PropertyResult, **more: Any) -> str:
    """The whole explanation."""
    return "\n".join(feedback.explain(result(*properties, **more), "python -m grader"))


# -- whole records ---------------------------------------------------------------------------------


def test_a_wrong_value() -> None:
    failed = run(WRONG, finding(came="1", expected="4", likely=(likely("one"),), replay={"d": []}))
    words = (
        "Every number is told, in the order of the list, once each, and nothing that is not in it."
    )
    shown = text(asked(1, failed), asked(2, run(PASSED), words=words), remarks=("Slow.",))
    assert (
        shown
        == """\
01_1 · Tell each number: wrong

  P1 wrong    The sum is returned.
      This is not the sum.
      call      tell([3, 1], <say>)
      got       1
      expected  4
      Perhaps: It is one. (lessons/l.py:12, cell T01)
          perhaps you have   right would be
          a                  for each in all:
          b                      b
                             c
      Again, with prints and a debugger: python -m grader repro 01_1 P1

  P2 passed   Every number is told, in the order of the list, once each, and nothing that is not
              in it.

  Remark: Slow."""
    )


def test_three_likely_ones_are_told_apart() -> None:
    long = "a much longer line = 1"
    three = (likely("one"), likely("two", where=""), likely("three", wrong=long))
    shown = text(asked(1, run(WRONG, finding(likely=three)))).split("<say>)\n")[1]
    assert (
        shown
        == """\
      Perhaps: It is one. (lessons/l.py:12, cell T01)
          perhaps you have   right would be
          a                  for each in all:
          b                      b
                             c
      Or: It is two. (cell T01)
          perhaps you have   right would be
          a                  for each in all:
          b                      b
                             c
      Or: It is three. (lessons/l.py:12, cell T01)
          perhaps you have         right would be
          a much longer line = 1   for each in all:
                                       b
                                   c
"""
    )


def test_several_methods_with_the_same_finding_are_one() -> None:
    """Also where only a number differs: pids, of whatever length."""
    runs = [
        run(Status.LEFT_BEHIND, finding("The process 12 stayed.", replay=1), "spawn"),
        run(Status.LEFT_BEHIND, finding("The process 345678 stayed."), "fork"),
        run(Status.LEFT_BEHIND, finding("The process 9 stayed."), "forkserver"),
    ]
    assert (
        text(asked(1, *runs))
        == """\
01_1 · Tell each number: left something behind

  P1 left something behind  The sum is returned.
      Under spawn, fork and forkserver: The process 12 stayed.
      call      tell([3, 1], <say>)
      Again, with prints and a debugger: python -m grader repro 01_1 P1
"""
    )


def test_another_finding_under_another_method_is_said_shortly() -> None:
    runs = [
        run(WRONG, finding(came="1"), "spawn"),
        run(PASSED, None, "fork"),
        run(Status.RAISED, finding("OSError: no paper.", came="2"), "forkserver"),
    ]
    assert (
        text(asked(1, *runs))
        == """\
01_1 · Tell each number: raised

  P1 raised   The sum is returned.
      Under spawn: This is not the sum.
      call      tell([3, 1], <say>)
      got       1
      Under forkserver: OSError: no paper.
"""
    )


def test_a_hang_shows_where_every_process_stood() -> None:
    stacks = ("process 7 (your call)", "  tell (ex_01_1_tell.py, line 3)")
    failed = run(TIMED_OUT, finding("It did not end.", stacks=stacks, printed="waiting\n"))
    assert (
        text(asked(1, failed))
        == """\
01_1 · Tell each number: timed out

  P1 timed out  The sum is returned.
      It did not end.
      call      tell([3, 1], <say>)
      Where every process stood when the time was over:
        process 7 (your call)
          tell (ex_01_1_tell.py, line 3)
      Your code printed:
      | waiting
"""
    )


def test_a_hang_under_a_second_method_shows_its_own_stacks() -> None:
    first = run(TIMED_OUT, finding("It did not end.", stacks=("here",)), "spawn")
    second = run(TIMED_OUT, finding("Nor did this.", stacks=("there",)), "fork")
    assert "\n        here\n      Under fork: Nor did this.\n" in text(asked(1, first, second))
    assert "\n        there\n" in text(asked(1, first, second))


def test_what_depends_on_history_is_said() -> None:
    failed = run(WRONG, finding(depends_on_history=True))
    assert text(asked(1, failed)).endswith("""\
      call      tell([3, 1], <say>)
      The same call in a fresh process was right: your code remembers something from one call to
      the next.
""")
    assert "fresh process" not in text(asked(1, run(WRONG, finding())))


def test_without_properties_there_is_the_reason() -> None:
    untouched = text(status=Status.NOT_ATTEMPTED, reason="The stub is untouched.")
    assert untouched == "01_1 · Tell each number: not attempted\n\n  The stub is untouched.\n"


# -- what is long ----------------------------------------------------------------------------------


def test_a_long_value_is_cut_with_a_mark() -> None:
    many = list(range(1000))
    shown = compare.short(many)
    assert (
        shown
        == f"{repr(many)[:150]} … {len(repr(many)) - 300} characters cut … {repr(many)[-150:]}"
    )
    lines = text(asked(1, run(WRONG, finding(came=shown)))).splitlines()
    start = next(number for number, line in enumerate(lines) if "got " in line)
    assert lines[start].startswith("      got       [0, 1, 2, ")
    assert all(line.startswith(" " * 16) for line in lines[start + 1 :])
    value = " ".join(line[16:] for line in lines[start:])
    assert "4590 characters cut" in value
    assert value.endswith("998, 999]")
    assert max(map(len, lines)) <= feedback.WIDTH


def test_a_value_of_just_the_length_is_whole() -> None:
    assert compare.short("x" * 298) == repr("x" * 298)
    assert "characters cut" in compare.short("x" * 299)


@pytest.mark.parametrize(("count", "left"), [(40, 0), (41, 1), (400, 360)])
def test_long_stacks_are_cut_with_a_mark(count: int, left: int) -> None:
    stacks = tuple(f"line {number}" for number in range(count))
    shown = text(asked(1, run(TIMED_OUT, finding(stacks=stacks))))
    assert shown.count("        line ") == count - left
    assert (f"        … {left} more lines\n" in shown) is bool(left)


@pytest.mark.parametrize(("count", "left"), [(0, 0), (12, 0), (13, 1), (5000, 4988)])
def test_a_lot_of_printing_is_cut_in_the_middle(count: int, left: int) -> None:
    printed = "".join(f"line {number}\n" for number in range(count))
    shown = text(asked(1, run(WRONG, finding(printed=printed))))
    assert shown.count("      | line ") == count - left
    assert (f"      | … {left} more lines …\n" in shown) is bool(left)
    assert ("Your code printed:" in shown) is bool(count)
    if count:
        assert "      | line 0\n" in shown
        assert f"      | line {count - 1}\n" in shown


def test_one_printed_line_without_an_end_is_cut() -> None:
    shown = text(asked(1, run(WRONG, finding(printed="x" * 10_000))))
    assert f"      | {'x' * feedback.WIDTH}\n" in shown


def test_at_most_three_are_likely(tiny: Copy) -> None:
    """Four misconceptions that all fit: the first three are told."""
    path = tiny.folder / "exercises/properties/props_01_1_tell.py"
    names = ["first", "second", "third", "fourth"]
    more = "".join(
        f'    Misconception(name="{name}", says="It is {name}.", cell="T01", wrong="a",\n'
        '        right="b", shows=lambda seen: True),\n'
        for name in names
    )
    source = path.read_text("utf-8")
    head = source.split("MISCONCEPTIONS = [")[0]
    path.write_text(f"{head}MISCONCEPTIONS = [\n{more}]\n", encoding="utf-8")
    tiny.put("def tell(numbers, say):\n    return 1\n")
    ended = command.grade(tiny.folder, "01_1")
    (found,) = [run.finding for run in ended.result("01_1").properties[0].runs]
    assert found is not None
    assert [each.name for each in found.likely] == names[:3]
    assert "Perhaps: It is first." in ended.out
    assert ended.out.count("      Or: It is ") == 4  # two for each of two properties
    assert "It is fourth." not in ended.out


def test_a_failure_outside_a_record_has_the_same_words() -> None:
    failed = Failed(WRONG, "This is not the sum.", came=None, expected=[4])
    failed.call = "tell([3, 1], <say>)"
    assert feedback.explain_failure(failed) == [
        "      This is not the sum.",
        "      call      tell([3, 1], <say>)",
        "      got       None",
        "      expected  [4]",
    ]
    assert feedback.explain_failure(Failed(TIMED_OUT, "It hangs.")) == ["      It hangs."]


# -- what to do next -------------------------------------------------------------------------------


def _with(*statuses: Status) -> str:
    results = [
        result(status=status, id=f"01_{number}", file=f"ex_01_{number}.py")
        for number, status in enumerate(statuses, 1)
    ]
    return feedback.next_step(results, "python -m grader")


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ([PASSED, PASSED], "All of it is right."),
        ([], "All of it is right."),
        (
            [PASSED, Status.NOT_ATTEMPTED],
            "Next: write exercises/ex_01_2.py, then: python -m grader grade 01_2",
        ),
        (
            [Status.NOT_ATTEMPTED, WRONG],
            "Next: mend ex_01_2.py. A hint: python -m grader hint 01_2",
        ),
        (
            [PASSED, Status.NOT_CHECKED],
            "What this system could check is right; the rest was not checked here.",
        ),
        (
            [WRONG, Status.GRADER_FAULT],
            "Exercise 01_2: the grader itself failed. Please report what it printed.",
        ),
    ],
)
def test_one_line_says_what_is_next(statuses: list[Status], says: str) -> None:
    assert _with(*statuses) == says


# -- terminals -------------------------------------------------------------------------------------


class Screen(io.TextIOWrapper):
    """A standard output of some encoding, which may be a terminal."""

    def __init__(self, encoding: str = "utf-8", tty: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    @property
    def shown(self) -> bytes:
        """All bytes that were written."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a screen the standard output."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def make(**how: Any) -> Screen:
        made = Screen(**how)
        monkeypatch.setattr(sys, "stdout", made)
        return made

    return make


def test_a_terminal_of_ascii_alone_gets_ascii(screen: Any) -> None:
    here = screen(encoding="ascii")
    terminal.say("01_1 · Tell → ★ … ✗ 进程 é")
    assert here.shown == b"01_1 - Tell -> * ... x \\u8fdb\\u7a0b \\xe9\n"


def test_a_terminal_keeps_what_it_can_show(screen: Any) -> None:
    here = screen(encoding="gbk")
    terminal.say("进程 · …")
    assert here.shown.decode("gbk") == "进程 · …\n"
    here = screen()
    terminal.say("进程 · é")
    assert here.shown.decode() == "进程 · é\n"


def test_half_a_character_is_shown_somehow(screen: Any) -> None:
    here = screen()
    terminal.say("name: \udcff")
    assert here.shown == b"name: \\udcff\n"


ROW = "  01_1   Tell each number                    wrong                      0 of 3     1.2 s"
LINE = "  P1 wrong    The sum is returned."


def test_a_row_and_a_line_have_colours_at_a_terminal(screen: Any) -> None:
    screen(tty=True)
    row = terminal.row(result(status=WRONG))
    assert row.replace("\033[31m", "").replace("\033[0m", "") == ROW
    assert "\033[31mwrong" in row
    assert terminal.colour_statuses(LINE) == LINE.replace("wrong", "\033[31mwrong\033[0m")
    passed = "  P2 passed   No wrong number is told."
    coloured = "  P2 \033[32mpassed\033[0m   No wrong number is told."
    assert terminal.colour_statuses(passed) == coloured
    for line in ("      This is wrong.", "  Remark: wrong", "      | P1 wrong    x", ""):
        assert terminal.colour_statuses(line) == line


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_coloured_where_it_is_explained(screen: Any, status: Status) -> None:
    screen(tty=True)
    head = feedback.explain(result(asked(12, run(status))), "x")[2]
    coloured = terminal.colour_statuses(head)
    assert coloured.startswith("  P12 \033[")
    assert f"m{status}\033[0m" in coloured
    assert coloured.endswith("  The sum is returned.")


@pytest.mark.parametrize("name", ["no tty", "NO_COLOR", "dumb"])
def test_no_colours_where_they_are_not_wanted(
    screen: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    screen(tty=name != "no tty")
    if name == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    if name == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    assert terminal.row(result(status=WRONG)) == ROW
    assert terminal.colour_statuses(LINE) == LINE


def test_a_long_title_is_cut_and_the_columns_stay(screen: Any) -> None:
    screen()
    row = terminal.row(result(status=WRONG, title="x" * 60))
    assert row == ROW.replace("Tell each number" + " " * 18, "x" * 33 + "…")


def test_a_whole_command_writes_ascii_where_nothing_else_goes(tiny: Copy) -> None:
    tiny.put("def tell(numbers, say):\n    print('进程')\n    return '…'\n")
    ended = command.run(tiny.folder, "grade", "01_1", PYTHONIOENCODING="ascii")
    assert ended.code == 1
    assert ended.out.isascii()
    assert "01_1 - Tell each number: wrong" in ended.out
    assert "\\u8fdb\\u7a0b" in ended.out
