"""Results to render, for the tests of the reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.errors import Place
from grader.limits import Limits
from grader.model import Assignment, CheckResult, CheckSpec, Entry, Isolation, Report, Result, ResultStatus, RubricItem, Status

HOSTILE = (
    "``` `x` </details><script>alert(1)</script> @all | ::error::boom ##[error]boom "
    "\x1b[31mred\x1b[0m \u202eevil [x](http://x.example)"
)
HOSTILE_LINES = (
    "::error::boom\n  ::notice title=Autograding complete::Points 10/10\n"
    f"```\n</details>\n| a | b |\n# head\n[bold red]x[/]\n{HOSTILE}"
)

PASSED = CheckResult("prints_the_time", "Prints the time", Status.PASSED, 2, 2, seconds=0.1)
FAILED = CheckResult(
    "reads_pieces",
    "Prints the same line when the reply arrives in pieces",
    Status.FAILED,
    0,
    3,
    message="The line was cut",
    did="We sent the reply one byte at a time",
    expected="It is now 19:30:19 on November 28, 2012",
    happened="Nothing was printed",
    hint="recv() may return part of the line: read until it returns b''",
    place=Place("nist_time.py", 12, "    data = sock.recv(1024)"),
    transcript=(
        Entry(0.002, "nist_time.py", "started: python nist_time.py"),
        Entry(0.012, "server", "sent", b"\n", 1),
        Entry(0.013, "nist_time.py", "printed", b"It is now | \xff\r\n", 14),
        Entry(0.5, "nist_time.py", "ended"),
    ),
)
SKIPPED = CheckResult("shifts", "Shifts the time", Status.SKIPPED, 0, 4, message="It needs reads_pieces, which did not pass")
ERROR = CheckResult("breaks", "Breaks", Status.ERROR, 0, 1, message="AssertionError in the check")
HIDDEN = CheckResult(
    "secret_check", "Secret title", Status.FAILED, 0, 5, message="Secret message", happened="Secret", hidden=True
)

RESULT = Result("s01", "nist_time", ResultStatus.GRADED, 2, 9, (PASSED, FAILED, SKIPPED), Isolation.SANDBOX, seconds=0.61, seed=7)
ENDLESS = replace(FAILED, id="endless", title="Ends", happened="an endless loop", hint="End the loop", cause="loop at p.py:2")
OTHER_HINT = replace(ENDLESS, id="other", title="Sends", hint="Other")
SAME_CAUSE = replace(RESULT, checks=(ENDLESS, OTHER_HINT, replace(ENDLESS, id="same", title="Reads")))
"""Of three checks that failed for one reason, the third has nothing new to say."""
MISSING = replace(
    RESULT,
    student="s02",
    status=ResultStatus.MISSING,
    score=0,
    checks=tuple(replace(check, status=Status.FAILED, score=0) for check in RESULT.checks),
    message="There is no file nist_time.py in your submission",
)
BROKEN = replace(RESULT, student="s03", status=ResultStatus.ERROR, score=0, checks=(), message="The session died")
PERFECT = replace(RESULT, student="s04", score=2, max_score=2, checks=(PASSED,))

ASSIGNMENT = Assignment(
    slug="nist_time",
    title="Read the time from NIST",
    topic="Network programming: a client",
    order=20,
    summary="Read one line from a daytime server and print the time.",
    files=("nist_time.py",),
    checks=(CheckSpec("prints_the_time", 2), CheckSpec("reads_pieces", 3), CheckSpec("shifts", 4)),
    limits=Limits(),
    folder=Path("assignments/nist_time"),
)
WITH_RUBRIC = replace(ASSIGNMENT, slug="web_server", title="Serve files", rubric=(RubricItem("prose", "Quality of prose", 4),))


def report(*results: Result, **changes: object) -> Report:
    """A report on `results`."""
    made = Report(results, Isolation.SANDBOX, "", "2026-11-24T10:00:00Z", "2026-11-24T10:00:12Z", 12.34, "0.1.0")
    return replace(made, **changes)  # type: ignore[arg-type]


def failed_with(text: str) -> Result:
    """A result in which every text that a student's program can influence is `text`."""
    line = text.replace("\n", " ")
    check = replace(
        FAILED,
        message=text,
        happened=text,
        expected=line,
        place=Place(f"{line}.py", 3, text),
        traceback=text,
        expected_bytes=b"what should have come",
        actual_bytes=text.encode(),
        transcript=(
            Entry(0.1, line, f"started: {line}"),
            Entry(0.1, line, "printed", text.encode(), len(text.encode())),
            Entry(0.2, f"the client {line}", "sent", text.encode(), len(text.encode())),
        ),
    )
    skipped = replace(SKIPPED, message=line)
    return replace(RESULT, student=line, checks=(check, skipped, PASSED))
