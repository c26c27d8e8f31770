"""What `pipeline` must fulfil: real programs, whose bytes and codes are known here."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import check
from grader.authoring import Misconception, Seen, evidence

SMALL, LARGE = 100_000, 300_000
"""Bytes: more than one pipe holds; more than one program and its two pipes hold."""
SIZES = st.sampled_from([0, 10, SMALL, LARGE])
PIECES = st.binary(min_size=1, max_size=6)
STAGES = st.sampled_from([["CAT"], ["UPPER"]]) | st.sampled_from([0, 1, 5, 70_000]).map(
    lambda n: ["HEAD", str(n)]
)
CODES = st.integers(0, 255) | st.sampled_from([-9, -15])
SIGPIPE = 13


def filled(piece, size):
    """So many bytes, made of a piece."""
    return (piece * (size // len(piece) + 1))[:size]


def effect(stage, data):
    """What one program makes of its input."""
    match stage:
        case ["UPPER"]:
            return data.upper()
        case ["HEAD", n]:
            return data[: int(n)]
    return data


def pipeline(session, stages, data):
    """The output and the codes that the submission returns."""
    still = session.standstill(
        "Nothing moved any more: your call and all programs waited for each other."
    )
    seen = session.drive("pipeline", stages, data)
    still.close()
    check.is_a(seen, dict)
    check.is_a(seen.get("returned"), tuple[bytes, list])
    output, codes = seen["returned"]
    says = "An exit code is a whole number; the program in front has one too."
    check.that(all(type(code) is int for code in codes), says, came=codes)
    says = f"There were {len(stages)} programs, and {len(codes)} exit codes came back."
    check.that(len(codes) == len(stages), says, came=codes)
    says = "It changed the list of commands. The caller's own lists must stay as they were."
    check.that(seen.get("changed") is False, says)
    return output, codes


@evidence("value")
@settings(max_examples=4)
@example(stages=[["CAT"]], piece=b"tea", size=SMALL)
@example(stages=[["CAT"]], piece=b"\x00tea\r\n\xff", size=LARGE)
@example(stages=[["HEAD", "5"], ["CAT"]], piece=b"abc", size=LARGE)
@example(stages=[["UPPER"], ["CAT"], ["HEAD", "70000"], ["CAT"]], piece=b"abcd", size=LARGE)
@given(stages=st.lists(STAGES, min_size=1, max_size=4), piece=PIECES, size=SIZES)
def test_p1_the_output_is_that_of_all_programs_in_order(session, stages, piece, size):
    """What one program writes the next one reads, for any bytes, and more than a pipe holds."""
    expected = data = filled(piece, size)
    for stage in stages:
        expected = effect(stage, expected)
    output, _ = pipeline(session, stages, data)
    check.equal(output, expected, "This is not what the last program wrote.")


@evidence("value")
@settings(max_examples=5)
@example(codes=[0, 3, 0], data=b"tea")
@example(codes=[-9, 0], data=b"")
@given(codes=st.lists(CODES, min_size=1, max_size=4), data=st.binary(max_size=8))
def test_p2_all_exit_codes_come_back_in_order(session, codes, data):
    """The exit codes of all programs come back in the order of the commands, -N for signal N."""
    if session.system == "win32":
        codes = [abs(code) for code in codes]  # it has no signals that end a program
    output, came = pipeline(session, [["CAT_THEN", str(code)] for code in codes], data)
    check.equal(came, codes, "These are not the exit codes of the programs.")
    check.equal(output, data, "This is not what the last program wrote.")


@evidence("value")
@settings(max_examples=2)
@example(between=0, n=8, size=0)
@example(between=1, n=20, size=LARGE)
@given(between=st.integers(0, 2), n=st.integers(0, 50), size=SIZES)
def test_p3_who_writes_for_ever_notices_that_nobody_reads(session, between, n, size):
    """A program that writes for ever ends when the one behind it has ended."""
    stages = [["YES", "tea"], *[["UPPER"]] * between, ["HEAD", str(n)]]
    output, codes = pipeline(session, stages, filled(b"x", size))
    expected = (b"TEA\n" if between else b"tea\n") * n
    check.equal(output, expected[:n], "This is not what the last program wrote.")
    noticed = 1 if session.system == "win32" else -SIGPIPE
    says = "The programs in front of the last one end because nobody reads: by SIGPIPE."
    check.equal(codes, [noticed] * (between + 1) + [0], says)


def _cut_short(seen: Seen) -> bool:
    """A program behind another one stops early."""
    return any(each[:1] == ["HEAD"] for each in seen.inputs.get("stages", [])[1:])


def _full(seen: Seen, size: int) -> bool:
    stuck = seen.property == "P1" and bool(seen.fact("stuck")) and not _cut_short(seen)
    return stuck and seen.inputs.get("size") == size


def _keeps_stdout(seen: Seen) -> bool:
    stuck = bool(seen.fact("stuck"))
    return stuck and (seen.property == "P3" or (seen.property == "P1" and _cut_short(seen)))


def _last_code_only(seen: Seen) -> bool:
    """The last code is there, and the others are all None, or all 0 or missing and should not."""
    came, codes = seen.came, seen.inputs.get("codes", [])
    if not isinstance(came, list) or not came or type(came[-1]) is not int:
        return False
    rest = came[:-1]
    if rest and rest == [None] * len(rest):
        return True
    right = seen.property == "P2" and len(codes) > 1 and came[-1] == codes[-1]
    return right and rest == [0] * len(rest)


MISCONCEPTIONS = [
    Misconception(
        name="wait_first",
        says="wait() before reading stops as soon as the pipe is full: read first, then wait.",
        cell="C096",
        wrong="""
codes = [program.wait() for program in programs]
output = programs[-1].stdout.read()""",
        right="""
output = programs[-1].stdout.read()
codes = [program.wait() for program in programs]""",
        shows=lambda seen: _full(seen, SMALL),
    ),
    Misconception(
        name="feeds_first",
        says="If you write everything before you read anything, all pipes get full: do both at the "
        "same time.",
        cell="C095",
        wrong="""
programs[0].stdin.write(data)
output = programs[-1].stdout.read()""",
        right="""
feeder = threading.Thread(target=feed, args=(programs[0].stdin, data))
feeder.start()
output = programs[-1].stdout.read()""",
        shows=lambda seen: _full(seen, LARGE),
    ),
    Misconception(
        name="last_code_only",
        says="A program in the middle that fails is invisible if you wait for the last one only.",
        cell="C072",
        wrong="""
programs[-1].wait()
codes = [program.returncode for program in programs]""",
        right="codes = [program.wait() for program in programs]",
        shows=_last_code_only,
    ),
    Misconception(
        name="keeps_stdout",
        says="Close your own copy of each stdout, or the writer never learns that nobody reads.",
        cell="pipeline",
        wrong="after = Popen(cmd, stdin=before.stdout, stdout=PIPE)",
        right="""
after = Popen(cmd, stdin=before.stdout, stdout=PIPE)
before.stdout.close()""",
        shows=_keeps_stdout,
    ),
]
