"""What `tell` must fulfil: the numbers are told to an object of the grader."""

from itertools import accumulate

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, evidence

NUMBERS = st.lists(st.integers(-9, 9), max_size=4)


@evidence("value")
@settings(max_examples=6)
@example(numbers=[3, 1])
@given(numbers=NUMBERS)
def test_p1_the_sum_is_returned(session, numbers):
    """The sum of all numbers is returned; the list stays as it was."""
    _, say = session.reports("say")
    check.equal(session.call("tell", numbers, say), sum(numbers), "This is not the sum.")


@evidence("attested", weight=2)
@settings(max_examples=6)
@example(numbers=[3, 1])
@given(numbers=NUMBERS)
def test_p2_each_number_is_told_in_order(session, numbers):
    """say is called once with every number, in the order of the list."""
    reports, say = session.reports("say")
    session.call("tell", numbers, say)
    told = [number for report in reports.entries for number in report.args]
    check.equal(told, numbers, "These are not the numbers that were to be told.")


def _drops_last(seen):
    short = seen.inputs.get("numbers", [])[:-1]
    return seen.came == (short if seen.property == "P2" else sum(short))


def _says_sums(seen):
    return seen.property == "P2" and seen.came == list(accumulate(seen.inputs.get("numbers", [])))


MISCONCEPTIONS = [
    Misconception(
        name="drops_last",
        says="A slice ends before its second number: numbers[0:-1] lacks the last one.",
        cell="T01",
        wrong="for number in numbers[0:-1]:",
        right="for number in numbers:",
        shows=_drops_last,
    ),
    Misconception(
        name="empties_the_list",
        says="pop() takes the number out of your caller's list, too: there is only one list.",
        cell="T02",
        wrong="while numbers:\n    number = numbers.pop(0)",
        right="for number in numbers:",
        shows=lambda seen: bool(seen.fact("changed_arguments")),
    ),
    Misconception(
        name="says_sums",
        says="What is to be told are the numbers, not how far the sum has come.",
        cell="T01",
        wrong="say(total)",
        right="say(number)",
        shows=_says_sums,
    ),
]
