"""The record of one exercise as words for its student: what was asked, seen, expected, and likely.

Reads a `verdict.ExerciseResult` and nothing else. Lines are plain text; `grader.terminal` colours
and prints them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import zip_longest

from grader import compare
from grader.failure import MISSING, Failed, Status
from grader.verdict import ExerciseResult, Finding, Likely, PropertyResult, Run

WIDTH = 98
_INDENT = "      "
_MOST_PRINTED = 12  # lines of the submission's output
_MOST_STACK_LINES = 40


def explain(result: ExerciseResult, command: str) -> list[str]:
    """Everything that a student may want to know about one exercise.

    Args:
        result: its record.
        command: how this person starts the grader, such as ``python -m grader``.
    """
    lines = [f"{result.id} · {result.title}: {result.status}", ""]
    if result.reason:
        lines += [f"  {result.reason}", ""]
    for each in result.properties:
        lines += list(_property(result, each, command))
    lines += [f"  Remark: {remark}" for remark in result.remarks]
    return lines


def _property(result: ExerciseResult, each: PropertyResult, command: str) -> Iterator[str]:
    head = f"  {each.id} {each.status:<7}  "
    yield from textwrap.wrap(
        each.words, WIDTH, initial_indent=head, subsequent_indent=" " * (len(head))
    )
    groups = _same_findings(each)
    for runs in groups:
        yield from _finding(runs, first=runs is groups[0])
    if groups and _can_repeat(each):
        yield f"{_INDENT}Again, with prints and a debugger: {command} repro {result.id} {each.id}"
    yield ""


def _can_repeat(each: PropertyResult) -> bool:
    return any(run.finding is not None and run.finding.replay is not None for run in each.runs)


def _same_findings(each: PropertyResult) -> list[list[Run]]:
    """The failed runs, those with the same sentence together."""
    groups: dict[str, list[Run]] = {}
    for run in each.runs:
        if run.finding is not None:
            groups.setdefault(f"{run.status} {_without_pids(run.finding.says)}", []).append(run)
    return list(groups.values())


def _without_pids(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _finding(runs: list[Run], *, first: bool) -> Iterator[str]:
    finding = runs[0].finding
    assert finding is not None
    methods = [run.method for run in runs if run.method]
    under = f"Under {_listed(methods)}: " if methods else ""
    yield from _paragraph(under + finding.says)
    if not first and not finding.stacks:
        return
    yield from _facts(finding.call, finding.came or "", finding.expected or "")
    if finding.depends_on_history:
        yield from _paragraph(
            "The same call in a fresh process was right: your code remembers something from one "
            "call to the next."
        )
    yield from _stacks(finding)
    yield from _printed(finding)
    for number, likely in enumerate(finding.likely):
        yield from _likely(likely, "Perhaps: " if number == 0 else "Or: ")


def _facts(call: str, came: str, expected: str) -> Iterator[str]:
    rows = [("call", call), ("got", came), ("expected", expected)]
    for label, text in rows:
        if text:
            start = f"{_INDENT}{label:<9} "
            yield from textwrap.wrap(
                text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
            )


def _stacks(finding: Finding) -> Iterator[str]:
    if not finding.stacks:
        return
    yield f"{_INDENT}Where every process stood when the time was over:"
    for line in finding.stacks[:_MOST_STACK_LINES]:
        yield f"{_INDENT}  {line}"
    if len(finding.stacks) > _MOST_STACK_LINES:
        yield f"{_INDENT}  … {len(finding.stacks) - _MOST_STACK_LINES} more lines"


def _printed(finding: Finding) -> Iterator[str]:
    lines = finding.printed.strip("\n").splitlines() if finding.printed.strip() else []
    if not lines:
        return
    yield f"{_INDENT}Your code printed:"
    half = _MOST_PRINTED // 2
    if len(lines) > _MOST_PRINTED:
        lines = [*lines[:half], f"… {len(lines) - 2 * half} more lines …", *lines[-half:]]
    for line in lines:
        yield f"{_INDENT}| {line[:WIDTH]}"


def _likely(likely: Likely, start: str) -> Iterator[str]:
    place = f" ({likely.where}, cell {likely.cell})" if likely.where else f" (cell {likely.cell})"
    yield from _paragraph(f"{start}{likely.says}{place}")
    wrong, right = likely.wrong.splitlines(), likely.right.splitlines()
    width = max(len("perhaps you have"), *map(len, wrong)) + 3
    yield f"{_INDENT}    {'perhaps you have':<{width}}right would be"
    for one, other in zip_longest(wrong, right, fillvalue=""):
        yield f"{_INDENT}    {one:<{width}}{other}".rstrip()


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def explain_failure(failed: Failed) -> list[str]:
    """A failure that is not part of a record, in the same words."""
    lines = _paragraph(failed.says)
    came = "" if failed.came is MISSING else compare.short(failed.came)
    expected = "" if failed.expected is MISSING else compare.short(failed.expected)
    return lines + list(_facts(failed.call, came, expected))


def next_step(results: list[ExerciseResult], command: str) -> str:
    """One line: what to do now."""
    for result in results:
        if result.status is Status.GRADER_FAULT:
            return f"Exercise {result.id}: the grader itself failed. Please report what it printed."
    for result in results:
        if result.status not in (Status.PASSED, Status.NOT_ATTEMPTED, Status.NOT_CHECKED):
            return f"Next: mend {result.file}. A hint: {command} hint {result.id}"
    for result in results:
        if result.status is Status.NOT_ATTEMPTED:
            return f"Next: write exercises/{result.file}, then: {command} grade {result.id}"
    if any(result.status is Status.NOT_CHECKED for result in results):
        return "What this system could check is right; the rest was not checked here."
    return "All of it is right."
