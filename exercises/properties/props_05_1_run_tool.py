"""What `run_tool` must fulfil: real programs, whose arguments, bytes and codes are known here."""

import json
import shlex

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence
from grader.failure import Status
from grader.guests import Lifeline

LIMIT = 10.0
"""Seconds for a program that ends: more than any test needs."""
MANY = 100_000
"""Repetitions that make any piece of text longer than a pipe holds."""
ALPHABET = st.sampled_from("ab -;&|<>$*?'\"`\\#~!(){}=%\n\t\0é进程🙂\x85\u2028\ufeff")
TEXTS = st.text(ALPHABET, max_size=8)
ARGUMENTS = TEXTS.map(lambda text: text.replace("\0", "0"))
TIMES = st.sampled_from([1, MANY])
CODES = st.integers(0, 255) | st.sampled_from([-9, -15])
MESSAGES = st.lists(
    st.sampled_from([b"a", b" ", b"\n", "错".encode(), b"\xff"]), min_size=1, max_size=5
).map(b"".join)


class Program(Lifeline):
    """Knows the program that never ends; `parents` are who started it, as it says itself."""

    def __init__(self):
        super().__init__()
        self.parents = []

    def visited(self, visit):
        self.parents += visit.args
        super().visited(visit)


def returned(outcome, **facts):
    """The string that came back; fails if there is none."""
    check.is_a(outcome, dict)
    failed = outcome.get("failed")
    check.that(
        "returned" in outcome,
        f"It raised ToolFailed{tuple(failed)!r}, but the program had ended well."
        if isinstance(failed, list)
        else "It raised ToolTimeout, but the program had ended in time.",
        failed=failed,
        **facts,
    )
    check.is_a(outcome["returned"], str)
    return outcome["returned"]


@evidence("value")
@settings(max_examples=12)
@example(args=["two words"])
@example(args=["'", ";", "$HOME", "*", "\n", ""])
@given(args=st.lists(ARGUMENTS, max_size=4))
def test_p1_arguments_arrive_as_they_are(session, args):
    """Every argument reaches the program exactly as it was given, whatever is in it."""
    outcome = session.drive("run_tool", "ARGV", args, "", 0, LIMIT)
    came, expected = returned(outcome), json.dumps(args) + "\n"
    check.equal(came, expected, "These are not the arguments that were given.")


@evidence("value")
@settings(max_examples=4)
@example(piece="茶 tea\n", times=1)
@example(piece="茶", times=MANY)
@given(piece=TEXTS, times=TIMES)
def test_p2_text_is_utf8_whatever_the_locale(session, piece, times):
    """Text goes in and comes out as UTF-8, long texts too, also where the locale knows ASCII only
    and a default encoding is an error."""
    outcome = session.drive("copy_in_c_locale", piece, times, LIMIT)
    came = returned(outcome)
    check.that(
        came == piece * times,
        "In a locale that knows ASCII only, CAT did not give back the text that went in.",
        came=came,
        expected=piece * times,
    )


@evidence("value")
@settings(max_examples=12)
@example(code=0, out="out", err=b"err", times=1)
@example(code=3, out="out", err=b"err", times=1)
@example(code=255, out="", err=b"\xff", times=MANY)
@example(code=-9, out="half", err="错".encode(), times=1)
@given(code=CODES, out=ARGUMENTS, err=MESSAGES, times=TIMES)
def test_p3_failing_is_noticed_and_streams_stay_apart(session, code, out, err, times):
    """A program that ends with another code than 0 raises ToolFailed with its code and its stderr;
    otherwise its stdout comes back, without anything from stderr."""
    outcome = session.drive("run_tool", "FAIL", [str(code), out, err], "x", times, LIMIT)
    if code == 0:
        came = returned(outcome)
        check.equal(came, out, "This is not what the program wrote to its stdout.")
        return
    check.is_a(outcome, dict)
    check.that(
        "failed" in outcome,
        f"The program ended with code {code}, and ToolFailed was not raised.",
        outcome=outcome,
    )
    expected = [code, err.decode("utf-8", "replace")]
    says = "ToolFailed came with another code or stderr than the program's."
    check.equal(outcome["failed"], expected, says, outcome=outcome)


@evidence("attested")
@settings(max_examples=2)
@given(times=TIMES)
def test_p4_a_program_that_never_ends_is_ended(session, times):
    """A program that does not end within the limit raises ToolTimeout, and is gone by then."""
    program = Program()
    placed = session.place(program, "program")
    outcome = session.drive("run_endless", "ENDLESS", placed.number, "x", times, 0.4)
    alive = len(program.living())
    facts = {"alive": alive, "direct": program.parents == [session.worker_pid]}
    check.is_a(outcome, dict)
    check.that(
        "timeout" in outcome,
        "The program never ends, and ToolTimeout was not raised.",
        outcome=outcome,
        **facts,
    )
    check.that(alive == 0, "ToolTimeout was raised, but the program was still alive.", **facts)


def _shell_join(seen: Seen) -> bool:
    """A shell has taken the arguments apart, or complained about them."""
    if seen.property != "P1" or seen.status is not Status.WRONG:
        return False
    failed = seen.fact("failed")
    if isinstance(failed, list):
        return "sh: " in str(failed[-1])
    try:
        return isinstance(seen.came, str) and json.loads(seen.came) == shlex.split(
            " ".join(seen.inputs.get("args", []))
        )
    except ValueError:
        return False


def _no_check(seen: Seen) -> bool:
    return seen.property == "P3" and "returned" in (seen.fact("outcome") or {})


def _popen_no_wait(seen: Seen) -> bool:
    """The program that was started lives on, not one that this one has started (by a shell)."""
    if seen.property != "P4":
        return False
    return bool((seen.fact("alive") and seen.fact("direct")) or seen.fact("left"))


def _merged_stderr(seen: Seen) -> bool:
    """What went to stderr came with what went to stdout."""
    if seen.property != "P3" or not seen.inputs.get("out"):
        return False
    texts = [seen.came, *(seen.came if isinstance(seen.came, list) else [])]
    both = (seen.inputs["out"], seen.inputs["err"].decode("utf-8", "replace"))
    return any(isinstance(text, str) and all(each in text for each in both) for text in texts)


MISCONCEPTIONS = [
    Misconception(
        name="shell_join",
        says="Never build a shell string from arguments: pass a list.",
        cell="C086",
        wrong='subprocess.run(" ".join(cmd), shell=True, ...)',
        right="subprocess.run(cmd, ...)",
        shows=_shell_join,
    ),
    Misconception(
        name="no_check",
        says="run() does not raise when the program fails, unless check=True.",
        cell="C089",
        wrong="""
done = subprocess.run(cmd, ...)
return done.stdout""",
        right="""
done = subprocess.run(cmd, ...)
if done.returncode != 0:
    raise ToolFailed(...)
return done.stdout""",
        shows=_no_check,
    ),
    Misconception(
        name="locale_text",
        says='text=True translates as the locale says: say encoding="utf-8".',
        cell="C091",
        wrong="subprocess.run(cmd, text=True, ...)",
        right='subprocess.run(cmd, encoding="utf-8", ...)',
        shows=lambda seen: (
            seen.property == "P2"
            and seen.error_type() in ("EncodingWarning", "UnicodeEncodeError", "UnicodeDecodeError")
        ),
    ),
    Misconception(
        name="merged_stderr",
        says="stderr=STDOUT mixes messages into the data: give stderr a pipe of its own.",
        cell="C076",
        wrong="stdout=subprocess.PIPE, stderr=subprocess.STDOUT",
        right="stdout=subprocess.PIPE, stderr=subprocess.PIPE",
        shows=_merged_stderr,
    ),
    Misconception(
        name="strict_stderr",
        says="A message need not be valid UTF-8: replace what is not, instead of failing.",
        cell="C091",
        wrong='encoding="utf-8"',
        right='encoding="utf-8", errors="replace"',
        shows=lambda seen: seen.property == "P3" and seen.error_type() == "UnicodeDecodeError",
    ),
    Misconception(
        name="popen_no_wait",
        says="Popen does not wait for you, and its timeout does not end the program.",
        cell="C078",
        wrong="""
program = subprocess.Popen(cmd, ...)
program.communicate(text, timeout=limit)""",
        right="subprocess.run(cmd, input=text, timeout=limit, ...)",
        shows=_popen_no_wait,
    ),
]
