from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.model import Entry, Isolation, Result, ResultStatus, Status
from grader.reports.markdown import MORE_ROWS_SHOWN, ROWS_SHOWN, render
from grader.reports.mermaid import ROWS_DRAWN
from grader.reports.text import HIDDEN_CATEGORIES
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
    WITH_RUBRIC,
    failed_with,
)

FEEDBACK = """\
# Feedback: Read the time from NIST

Student: `s01`

**2 of 9 points** `██░░░░░░░░` · 1 of 3 checks passed

| Status | Check | Points |
| --- | --- | ---: |
| ✓&nbsp;passed | Prints the time | 2 of 2 |
| ✗&nbsp;failed | Prints the same line when the reply arrives in pieces | 0 of 3 |
| –&nbsp;skipped | Shifts the time | 0 of 4 |

## What to work on

### ✗ Prints the same line when the reply arrives in pieces

**What we did:** We sent the reply one byte at a time

**Expected:** It is now 19:30:19 on November 28, 2012

**What happened:** Nothing was printed

**Your line:** `nist_time.py:12`

```python
    data = sock.recv(1024)
```

**Hint:** recv() may return part of the line: read until it returns b''

<details><summary>What was typed, printed and sent (4 rows)</summary>

| Time | Who | What | Bytes |
| ---: | --- | --- | --- |
| 0.002&nbsp;s | nist_time.py | is started: python nist_time.py |  |
| 0.012&nbsp;s | server → nist_time.py | sends | `\\n` |
| 0.013&nbsp;s | nist_time.py → terminal | prints | <code>It is now &#124; \\\\xff\\\\r\\\\n</code> |
| 0.500&nbsp;s | nist_time.py | ended |  |

<details><summary>As a diagram</summary>

```mermaid
sequenceDiagram
    participant p0 as terminal
    participant p1 as nist_time.py
    participant p2 as server
    Note over p1: is started: python nist_time.py
    p2->>p1: sends: #92;n
    p1->>p0: prints: It is now #124; #92;xff#92;r#92;n
    Note over p1: ended
```

</details>

</details>

Run this check again: `grader run nist_time -k reads_pieces --seed 7`, or step by step: `grader replay nist_time/reads_pieces/7`

## Not run

- – Shifts the time: It needs "Prints the same line when the reply arrives in pieces", which did not pass

<details><summary>1 check passed</summary>

- ✓ Prints the time (2 of 2)

</details>

## Run it again

```sh
grader run nist_time --seed 7
```

---

Run in the sandbox · seed 7 · 0.6 s
"""


def parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").parse(text)


def raw_html(text: str) -> list[str]:
    """All HTML but <code>, which stands for a code span where there is a `|` in it."""
    blocks = [token.content.strip() for token in parse(text) if token.type == "html_block"]
    inner = [child.content for token in parse(text) for child in token.children or [] if child.type == "html_inline"]
    return [html for html in blocks + inner if html not in ("<code>", "</code>")]


def kinds(text: str) -> list[str]:
    return [token.type for token in parse(text)]


def test_the_whole_feedback() -> None:
    assert render(RESULT, ASSIGNMENT) == FEEDBACK


@pytest.mark.parametrize("text", [HOSTILE_LINES, HOSTILE_LINES.replace("\n", " "), "`" * 40, "~~~\n```\n", "</details>"])
def test_a_hostile_program_changes_no_markup(text: str) -> None:
    made = render(failed_with(text), ASSIGNMENT)
    harmless = render(failed_with("x" if "\n" not in text else "x\ny"), ASSIGNMENT)
    assert kinds(made) == kinds(harmless)
    assert raw_html(made) == raw_html(harmless)
    assert not any(child.type == "link_open" for token in parse(made) for child in token.children or [])


def test_a_hostile_program_gives_no_log_command_and_no_escape_sequence() -> None:
    made = render(failed_with(HOSTILE_LINES), ASSIGNMENT)
    assert not any(line.lstrip().startswith("::") for line in made.splitlines())
    assert "##[" not in made
    assert not any(char in made for char in ("\x1b", "\u202e", "\r"))
    assert {"Cc", "Cf"} <= HIDDEN_CATEGORIES


def test_a_hostile_program_mentions_nobody() -> None:
    for token in parse(render(failed_with(HOSTILE_LINES), ASSIGNMENT)):
        for child in token.children or []:
            assert "@all" not in child.content or child.type == "code_inline"


def test_code_in_a_sentence_looks_like_code() -> None:
    check = replace(FAILED, did="We ran `a | <b>` and typed 'x_y'", hint="`x`")
    made = render(replace(RESULT, checks=(check,)), ASSIGNMENT)
    assert "**What we did:** We ran `a | <b>` and typed 'x_y'\n" in made
    assert "**Hint:** `x`\n" in made


def test_a_long_text_is_cut_and_says_so() -> None:
    made = render(failed_with("x" * 5_000), ASSIGNMENT)
    assert "(3,000 more characters)" in made
    assert len(made) < 20_000


def many_rows(many: int) -> tuple[Entry, ...]:
    """A transcript that becomes `many` rows."""
    return tuple(Entry(number / 1000, ("a.py", "b.py")[number % 2], "printed", b"x", 1) for number in range(many))


def tables_of(made: str) -> list[int]:
    """How many rows each table about bytes has."""
    tables = made.split("| ---: | --- | --- | --- |\n")[1:]
    return [len(table.partition("\n\n")[0].splitlines()) for table in tables]


def test_a_long_transcript_is_folded_once_more() -> None:
    made = render(replace(RESULT, checks=(replace(FAILED, transcript=many_rows(ROWS_SHOWN + 5)),)), ASSIGNMENT)
    assert tables_of(made) == [ROWS_SHOWN, 5]
    assert made.count("<details>") == made.count("</details>") == 3
    assert "<summary>5 more rows</summary>" in made
    assert "left out" not in made
    assert f"Note over p0: and {ROWS_SHOWN + 5 - ROWS_DRAWN} more" in made


def test_a_very_long_transcript_says_how_much_is_left_out() -> None:
    entries = many_rows(ROWS_SHOWN + MORE_ROWS_SHOWN + 7)
    made = render(replace(RESULT, checks=(replace(FAILED, transcript=entries),)), ASSIGNMENT)
    assert f"<summary>{MORE_ROWS_SHOWN} more rows</summary>" in made
    assert "7 rows left out here." in made


def test_a_transcript_without_an_exchange_is_not_shown() -> None:
    entries = (Entry(0.1, "student", "started: python echo.py: reply()"), Entry(0.2, "student", "ended"))
    assert "<details>" not in render(replace(RESULT, checks=(replace(FAILED, transcript=entries),)), ASSIGNMENT)


def test_a_transcript_tells_how_much_went_over_the_wire() -> None:
    entry = Entry(0.1, "echo.py", "printed", b"abc", 100_000)
    made = render(replace(RESULT, checks=(replace(FAILED, transcript=(entry,)),)), ASSIGNMENT)
    assert "| `abc … (100,000 bytes in all)` |" in made


def test_a_caret_stands_under_the_first_byte_that_differs() -> None:
    check = replace(FAILED, expected_bytes=b"at 19:30\n", actual_bytes=b"at 7:30\n")
    made = render(replace(RESULT, checks=(check,)), ASSIGNMENT)
    assert "expected  at 19:30\\n\ncame      at 7:30\\n\n             ^ byte 4 is the first that differs\n```" in made


def hidden_variants() -> list[Result]:
    skipped = replace(SKIPPED, message="It needs secret_check, which did not pass")
    return [
        replace(RESULT, checks=(PASSED, skipped, HIDDEN)),
        replace(RESULT, checks=(PASSED, replace(HIDDEN, status=Status.PASSED))),
        replace(
            RESULT,
            status=ResultStatus.ERROR,
            checks=(PASSED, replace(HIDDEN, status=Status.ERROR)),
            message="1 checks could not be run: Secret text",
        ),
    ]


@pytest.mark.parametrize("result", hidden_variants())
def test_hidden_checks_are_counted_and_not_told(result: Result) -> None:
    made = render(result, ASSIGNMENT)
    assert "1 more check is run by your instructor" in made
    assert "secret" not in made.lower()


def test_two_hidden_checks() -> None:
    made = render(replace(RESULT, checks=(PASSED, HIDDEN, replace(HIDDEN, id="other"))), ASSIGNMENT)
    assert "2 more checks are run by your instructor" in made
    assert "1 of 1 check passed" in made


def test_a_missing_submission_says_the_one_sentence() -> None:
    made = render(MISSING, ASSIGNMENT)
    assert made.count("There is no file nist_time.py in your submission") == 1
    assert "**0 of 9 points**" in made
    assert "What to work on" not in made


def test_an_error_is_no_zero() -> None:
    made = render(BROKEN, ASSIGNMENT)
    assert "**Not graded**" in made
    assert "The session died. This is not the fault of your program: tell your instructor." in made
    assert "0 of" not in made


def test_an_error_at_every_check_is_said_once() -> None:
    checks = tuple(replace(check, status=Status.ERROR, message=BROKEN.message) for check in RESULT.checks)
    assert render(replace(BROKEN, checks=checks), ASSIGNMENT).count("The session died") == 1


def test_a_check_that_could_not_be_graded_is_told_apart_from_a_failed_one() -> None:
    made = render(replace(RESULT, status=ResultStatus.ERROR, checks=(PASSED, ERROR), message="1 check broke"), ASSIGNMENT)
    assert "| !&nbsp;error | Breaks | ? of 1 |" in made
    assert "AssertionError in the check. This is not the fault of your program" in made
    assert "| ✓&nbsp;passed | Prints the time | 2 of 2 |" in made


def test_portable_is_called_a_self_check() -> None:
    assert "Self-check: run without the sandbox" in render(replace(RESULT, isolation=Isolation.PORTABLE), ASSIGNMENT)
    assert "Self-check" not in render(RESULT, ASSIGNMENT)


def test_full_marks() -> None:
    made = render(PERFECT, ASSIGNMENT)
    assert "**2 of 2 points** `██████████` · 1 of 1 check passed" in made
    assert "What to work on" not in made


def test_what_a_person_reads_is_in_the_feedback() -> None:
    assert "| Quality of prose | not yet | 4 |" in render(RESULT, WITH_RUBRIC)
    assert "| Quality of prose | 3.5 | 4 |" in render(replace(RESULT, rubric={"prose": 3.5}), WITH_RUBRIC)


def test_what_was_not_run_for_one_reason_stands_together() -> None:
    others = (SKIPPED, replace(SKIPPED, id="ends", title="Ends"), replace(SKIPPED, id="x", title="Else", message="Another one"))
    made = render(replace(RESULT, checks=(FAILED, *others)), ASSIGNMENT)
    *_, list_ = made.partition("## Not run\n\n")
    why = 'It needs "Prints the same line when the reply arrives in pieces", which did not pass'
    assert list_.startswith(f"- 2 checks: {why}\n  - Shifts the time\n  - Ends\n- – Else: Another one\n")
