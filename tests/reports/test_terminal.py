from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.model import Assignment, CheckResult, Entry, Isolation, Report, Result, Status
from grader.reports.terminal import render, render_feedback, short_names
from tests.reports.sample import (
    ASSIGNMENT,
    BROKEN,
    ERROR,
    FAILED,
    HIDDEN,
    HOSTILE_LINES,
    MISSING,
    PASSED,
    PERFECT,
    RESULT,
    SKIPPED,
    failed_with,
    report,
)

FIVE = ["employee_db", "nist_time", "echo", "web_server", "chat"]
TEN = [*FIVE, "echo_server", "mail_reader", "file_share", "name_service", "proxy_server"]


def printed(write: Callable[[Console], None], width: int = 80, encoding: str = "utf-8", terminal: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    color = "standard" if terminal else None
    write(Console(file=file, width=width, force_terminal=terminal, color_system=color, legacy_windows=False))  # type: ignore[arg-type]
    file.flush()
    return raw.getvalue().decode(encoding)


def table(made: Report, slugs: list[str], width: int = 80, encoding: str = "utf-8") -> str:
    return printed(lambda console: render(made, course(slugs), console), width, encoding)


def feedback(result: Result, encoding: str = "utf-8", terminal: bool = False) -> str:
    return printed(lambda console: render_feedback(result, ASSIGNMENT, console), encoding=encoding, terminal=terminal)


def course(slugs: list[str]) -> list[Assignment]:
    return [replace(ASSIGNMENT, slug=slug, order=order) for order, slug in enumerate(slugs)]


def class_of(slugs: list[str]) -> list[Result]:
    long_name = replace(RESULT, student="a-very-long-student-name-indeed", score=6.5)
    return [replace(made, assignment=slug) for slug in slugs for made in (RESULT, MISSING, BROKEN, PERFECT, long_name)]


def test_five_assignments_at_80_columns() -> None:
    assert table(report(*class_of(FIVE)), FIVE).splitlines()[:6] == [
        "student               employee_db  nist_time  echo       web_server  chat     ",
        "a-very-long-student…  ✗ 6.5/9      ✗ 6.5/9    ✗ 6.5/9    ✗ 6.5/9     ✗ 6.5/9  ",
        "s01                   ✗ 2/9        ✗ 2/9      ✗ 2/9      ✗ 2/9       ✗ 2/9    ",
        "s02                   – missing    – missing  – missing  – missing   – missing",
        "s03                   ! error      ! error    ! error    ! error     ! error  ",
        "s04                   ✓ 2/2        ✓ 2/2      ✓ 2/2      ✓ 2/2       ✓ 2/2    ",
    ]


def test_ten_assignments_at_80_columns() -> None:
    lines = table(report(*class_of(TEN)), TEN).splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert lines[0] == "student              empl… nist… echo  web_… chat  echo… mail… file… name… prox…"
    assert lines[2] == "s01                  ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2   ✗ 2  "
    assert "miss. miss." in lines[3]
    assert "error error" in lines[4]
    text = "\n".join(lines)
    assert "echo… = echo_server" in text
    assert "miss. = nothing handed in" in text
    assert "of 9" in text


def test_more_assignments_than_fit_go_into_a_second_table() -> None:
    many = [f"{slug}{number}" for number in range(3) for slug in FIVE]
    lines = table(report(*class_of(many)), many).splitlines()
    assert sum(line.startswith("student ") for line in lines) == 2
    assert max(cell_len(line) for line in lines) <= 80


def test_the_line_of_totals() -> None:
    text = table(report(*class_of(["echo"]), wall_seconds=75.04), ["echo"])
    assert "3 graded · 1 missing · 1 error · 2 checks failed · 75.0 s · isolation sandbox\nseed 7\n" in text


def test_several_seeds_are_not_shown_as_one() -> None:
    text = table(report(RESULT, replace(PERFECT, seed=8)), ["nist_time"], width=120)
    assert "several seeds (see the report)" in text


def test_portable_is_said_with_its_reason() -> None:
    made = report(RESULT, isolation=Isolation.PORTABLE, isolation_reason="User namespaces are off.")
    assert "Self-check: run without the sandbox. User namespaces are off." in table(made, ["nist_time"])


def test_notes_are_shown_as_they_are() -> None:
    text = table(report(RESULT, notes=("left out: [bold]x[/] \x1b[31m ::error::",)), ["nist_time"])
    assert "note: left out: [bold]x[/] \\x1b[31m ::error::" in text


def test_names_act_in_no_terminal_and_no_log() -> None:
    made = report(*(replace(RESULT, student=name) for name in ("::error::x", "\x1b[2J", "[red]r[/]", "名前" * 20)))
    lines = table(made, ["nist_time"]).splitlines()
    assert not any(line.lstrip().startswith("::") for line in lines)
    assert "\\x1b[2J" in "\n".join(lines)
    assert "[red]r[/]" in "\n".join(lines)
    assert len({cell_len(line) for line in lines[:5]}) == 1


def test_a_class_without_results() -> None:
    assert table(report(), FIVE).startswith("0 graded · 0 missing · 0 errors · 0 checks failed")


@pytest.mark.parametrize("slugs", [TEN, ["echo_client_a", "echo_client_b"], ["abcdef_one_x", "abcxyz_two_x"], ["a"]])
def test_short_names_differ_and_fit(slugs: list[str]) -> None:
    names = short_names(slugs, 5)
    assert len(set(names.values())) == len(slugs)
    assert all(len(name) <= 5 for name in names.values())


FEEDBACK = """\
Read the time from NIST (nist_time)

✓ passed     2/2  Prints the time
✗ failed     0/3  Prints the same line when the reply arrives in pieces
   │ What we did:    We sent the reply one byte at a time
   │ Expected:       It is now 19:30:19 on November 28, 2012
   │ What happened:  Nothing was printed
   │ Your line:      nist_time.py:12
   │                 data = sock.recv(1024)
   │ Hint:           recv() may return part of the line: read until it returns
   │                 b''
   │ Transcript:
   │   0.002 s  nist_time.py             is started: python nist_time.py
   │   0.012 s  server → nist_time.py    sends: \\n
   │   0.013 s  nist_time.py → terminal  prints: It is now | \\xff\\r\\n
   │   0.500 s  nist_time.py             ended
   │ Again: grader run nist_time -k reads_pieces --seed 7
   │ Step by step: grader replay nist_time/reads_pieces/7

– skipped    0/4  Shifts the time
   │ It needs "Prints the same line when the reply arrives in pieces", which did
   │ not pass

██░░░░░░░░ 2 of 9 points · 1 of 3 checks passed
Run in the sandbox · seed 7 · 0.6 s

"""


def test_the_whole_feedback() -> None:
    lines = [line.rstrip() for line in feedback(RESULT).splitlines()]
    assert lines == FEEDBACK.splitlines()


def test_feedback_on_a_terminal_without_unicode() -> None:
    text = feedback(failed_with("grüße \u2713"), encoding="ascii")
    assert "x failed" in text
    assert "gr\\xfc\\xdfe" in text
    assert "+ 2/2" in table(report(PERFECT), ["nist_time"], encoding="ascii")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_hostile_program_acts_in_no_terminal_and_no_log(terminal: bool) -> None:
    text = feedback(failed_with(HOSTILE_LINES), terminal=terminal)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##[" not in text
    assert "[bold red]x[/]" in text
    assert "\x1b[31mred" not in text
    assert "\\x1b[31mred" in text
    assert "\u202e" not in text


def test_a_long_transcript_shows_its_end() -> None:
    entries = tuple(Entry(number, ("a.py", "b.py")[number % 2], "printed", b"x", 1) for number in range(100))
    text = feedback(replace(RESULT, checks=(replace(FAILED, transcript=entries),)))
    assert "Transcript (the last 12 of 100 rows):" in text
    assert "99.000 s" in text
    assert "87.000 s" not in text


def test_hidden_checks_are_counted_and_not_told() -> None:
    text = feedback(replace(RESULT, checks=(*RESULT.checks, HIDDEN)))
    assert "1 more check is run by your instructor" in text
    assert "secret" not in text.lower()


def test_missing_and_error_say_the_one_sentence() -> None:
    assert feedback(MISSING).count("There is no file nist_time.py in your submission") == 1
    assert "failed" not in feedback(MISSING)
    text = feedback(BROKEN)
    assert "The session died. This is not the fault of your program: tell your instructor." in text
    assert "Not graded" in text


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (ERROR, "! error      ?/1  Breaks"),
        (replace(FAILED, did="", expected="", happened=""), "What happened:  The line was cut"),
        (replace(FAILED, place=None, hint="", transcript=(), status=Status.FAILED), "Again:"),
    ],
)
def test_checks_with_less_to_tell(check: CheckResult, words: str) -> None:
    assert words in feedback(replace(RESULT, checks=(check,)))


def test_one_reason_for_several_checks_is_said_once() -> None:
    text = feedback(replace(RESULT, checks=(SKIPPED, replace(SKIPPED, id="ends", title="Ends"), PASSED)))
    assert text.count("It needs") == 1
    assert text.index("Ends") < text.index("It needs") < text.index("Prints the time")


def test_commands_name_the_folder_that_was_graded() -> None:
    """Pasted into the same terminal they grade the same files again."""
    text = printed(lambda console: render_feedback(RESULT, ASSIGNMENT, console, "--path 'my work'"))
    commands = [line for line in text.splitlines() if "Again:" in line or "Step by step:" in line]
    assert len(commands) >= 2 and all(line.endswith(" --path 'my work'") for line in commands)
