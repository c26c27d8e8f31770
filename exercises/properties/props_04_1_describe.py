"""What `describe` must fulfil: texts for codes, and for the codes of real children."""

import os
import signal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status

ENDS = {"return": 0, 3: 3, "raise": 1, "terminate": -15, "kill": -9 if os.name == "posix" else -15}
"""How a child ends, and the exit code that this gives."""
NAMES = {number.value: number.name for number in signal.Signals}
UNNAMED = min(number for number in range(1, 200) if number not in NAMES)
"""A number that no signal has on this system: 32 on Linux."""


def text_of(code):
    """The right answer."""
    if code is None:
        return "not finished"
    if code == 0:
        return "ok"
    if code > 0:
        return f"failed with {code}"
    return f"killed by {NAMES.get(-code, f'signal {-code}')}"


@evidence("value")
@settings(max_examples=50)
@example(code=None)
@example(code=0)
@example(code=-15)
@example(code=-UNNAMED)
@example(code=-200)
@example(code=300)
@given(code=st.none() | st.integers(-200, 300))
def test_p1_every_code_has_its_text(session, code):
    """Every exit code from -200 to 300, and None, has the text that the task gives it."""
    check.equal(session.call("describe", code), text_of(code))


@evidence("value")
@settings(max_examples=2 * len(ENDS))
@given(end=st.sampled_from(list(ENDS)))
def test_p2_the_codes_of_real_children_too(session, end):
    """The exit code of a real child is understood: before it starts, while it runs, and when it has
    returned, called sys.exit, raised, or was ended by terminate() or kill()."""
    codes = session.drive("exit_codes", session.ctx, end)
    check.equal(
        codes, [None, None, ENDS[end]], "The child of this test did not end as it was told to."
    )
    for code in codes:
        says = f"The child ended by {end!r}; here its exitcode is {code}."
        check.equal(session.call("describe", code), text_of(code), says, code=code)


def _code(seen: Seen):
    """The code that was asked for, 0.5 if none was."""
    return seen.inputs.get("code", seen.facts.get("code", 0.5))


def _falsy_none(seen: Seen) -> bool:
    return (_code(seen), seen.came) in [(None, "ok"), (0, "not finished")]


def _abs_code(seen: Seen) -> bool:
    code = _code(seen)
    negative = code is not None and code < 0
    return negative and seen.came in (f"failed with {code}", f"failed with {-code}")


def _key_error(seen: Seen) -> bool:
    code, error = _code(seen), seen.fact("error")
    unnamed = code is not None and code < 0 and -code not in NAMES
    return bool(
        unnamed
        and seen.status is Status.RAISED
        and error is not None
        and error.type_name in ("ValueError", "KeyError")
    )


def _wait_status(seen: Seen) -> bool:
    """The text fits the low byte, taken for a wait status: 3 as signal 3, -15 as signal 113."""
    code = _code(seen)
    if code is None or code == 0 or not isinstance(seen.came, str):
        return False
    low, high = code & 0x7F, code >> 8 & 0xFF
    taken = text_of(high if low == 0 else -low)
    return seen.came == taken != text_of(code)


MISCONCEPTIONS = [
    Misconception(
        name="falsy_none",
        says="None is not 0: None means that the process has not ended.",
        cell="C043",
        wrong="if not exitcode:",
        right="if exitcode is None:",
        shows=_falsy_none,
    ),
    Misconception(
        name="abs_code",
        says="A negative exit code is the number of a signal, not of an error.",
        cell="C043",
        wrong="""
if exitcode != 0:
    return f"failed with ..." """,
        right="""
if exitcode > 0:
    return f"failed with ..."
name = signal.Signals(-exitcode).name""",
        shows=_abs_code,
    ),
    Misconception(
        name="key_error",
        says="Not every signal number has a name: signal.Signals raises ValueError for the others.",
        cell="C043",
        wrong="name = signal.Signals(-exitcode).name",
        right="""
try:
    name = signal.Signals(-exitcode).name
except ValueError:
    name = ...""",
        shows=_key_error,
    ),
    Misconception(
        name="wait_status",
        says="exitcode is no wait status: Process has taken that apart already.",
        cell="C043",
        wrong="code = os.waitstatus_to_exitcode(exitcode)",
        right="code = exitcode",
        shows=_wait_status,
    ),
]
