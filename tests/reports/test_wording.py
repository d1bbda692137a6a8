from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from grader.model import CheckSpec, Lateness, Origin, Result, RubricItem, Status
from grader.reports import html, markdown
from grader.reports.json_report import result_from_json, result_to_json
from grader.reports.terminal import render_feedback
from grader.reports.wording import bar, changed_line, count, good_word, joined, late_line, number, plain, same_as, told_before
from tests.reports.sample import ASSIGNMENT, FAILED, MISSING, PERFECT, RESULT, SAME_CAUSE


def on_terminal(result: Result) -> str:
    file = io.StringIO()
    render_feedback(result, ASSIGNMENT, Console(file=file, width=200))
    return file.getvalue()


@pytest.mark.parametrize(("points", "shown"), [(6, "6"), (6.0, "6"), (6.5, "6.5"), (0.0, "0"), (100, "100"), (1 / 3, "0.33")])
def test_points_are_short(points: float, shown: str) -> None:
    assert number(points) == shown


@pytest.mark.parametrize(
    ("score", "most", "full"), [(0, 10, 0), (0.1, 10, 1), (5, 10, 5), (9.9, 10, 9), (10, 10, 10), (0, 0, 0), (12, 10, 10)]
)
def test_only_full_marks_fill_the_bar(score: float, most: float, full: int) -> None:
    assert bar(score, most) == "█" * full + "░" * (10 - full)


def test_counts() -> None:
    assert [count(0, "check"), count(1, "check"), count(1200, "check")] == ["0 checks", "1 check", "1,200 checks"]


def test_lines_end_between_pieces_only() -> None:
    assert joined(["one two", "three", "four five"], 15) == "one two · three\nfour five"
    assert joined(["one"], 15) == "one"


def test_plain_text_for_a_terminal_that_knows_only_ascii() -> None:
    assert plain("✓ ü →", ascii_only=True) == "+ \\xfc ->"
    assert plain("✓ ü →", ascii_only=False) == "✓ ü →"


def test_changed_files_are_one_sentence() -> None:
    def said(*changed: str) -> str:
        return changed_line(replace(RESULT, origin=Origin("s01", changed=changed)))

    assert said() == ""
    assert said("changed: a", "added: b") == (
        "Files of the course were changed in this repository (changed: a, added: b);"
        " it was graded with the course's own all the same."
    )
    assert "and 2 more" in said(*(f"added: {number}" for number in range(7)))


def test_being_late_is_one_sentence() -> None:
    def said(late: bool | None, days: int, factor: float) -> str:
        return late_line(replace(RESULT, lateness=Lateness("2026-10-05T22:00:00Z", late, days, factor)))

    assert late_line(RESULT) == said(False, 0, 1) == said(None, 0, 1) == ""
    assert said(True, 1, 1) == "Handed in 1 day late, counting each day that has begun; all points count."
    assert said(True, 2, 0.75).endswith("2 days late, counting each day that has begun; 75 % of the points count: 1.5 of 2.")


def test_a_cause_is_told_once_and_then_referred_to() -> None:
    first, other, same = SAME_CAUSE.checks
    assert [told_before(check, SAME_CAUSE) for check in SAME_CAUSE.checks] == [None, None, first]
    assert same_as(same, first) == ("What happened", 'the same as in "Ends": an endless loop')
    unknown = tuple(replace(check, cause="") for check in (first, other, same))
    assert told_before(unknown[2], replace(SAME_CAUSE, checks=unknown)) is None


def test_no_page_refers_to_a_hidden_check_or_to_one_that_passed() -> None:
    first, other, same = SAME_CAUSE.checks
    for unseen in (replace(first, hidden=True), replace(first, status=Status.PASSED)):
        assert told_before(same, replace(SAME_CAUSE, checks=(unseen, other, same))) is None


def test_every_page_refers_to_the_first_check_with_the_same_cause() -> None:
    for page in (markdown.render(SAME_CAUSE, ASSIGNMENT), html.render(SAME_CAUSE, ASSIGNMENT), on_terminal(SAME_CAUSE)):
        assert page.count("End the loop") == 1
        assert page.count("Other") == 1
        assert page.count("nist_time.py:12") == 2
        assert "the same as in" in page
        assert page.count("-k same") == 1
    assert result_from_json(result_to_json(SAME_CAUSE)) == SAME_CAUSE


def test_every_page_names_commands_that_grade_the_same_files() -> None:
    for page in (markdown.render(RESULT, ASSIGNMENT, "--path my-work"), html.render(RESULT, ASSIGNMENT, "--path my-work")):
        assert "grader run nist_time -k reads_pieces --seed 7 --path my-work" in page
        assert "grader run nist_time --seed 7 --path my-work" in page
        assert "grader replay nist_time/reads_pieces/7 --path my-work" in page


def test_the_whole_traceback_stands_folded_on_the_pages_and_not_in_the_terminal() -> None:
    text = 'Traceback (most recent call last):\n  File "p.py", line 1\nValueError: <b>::error::x'
    result = replace(RESULT, checks=(replace(FAILED, traceback=text),))
    folded = "<details><summary>The whole traceback</summary>\n\n```text\nTraceback (most recent call last):\n"
    assert folded in markdown.render(result, ASSIGNMENT)
    page = html.render(result, ASSIGNMENT)
    assert "<summary>The whole traceback</summary>\n<pre>Traceback (most recent call last):\n" in page
    assert "ValueError: &lt;b&gt;::error::x" in page
    assert "most recent" not in on_terminal(result)


ONE_CHECK = replace(ASSIGNMENT, checks=(CheckSpec("prints_the_time", 2),), following="echo")
GOOD_WORD = "Full marks. Well done! The next assignment is echo."


def test_full_marks_get_a_good_word_and_what_comes_next() -> None:
    assert good_word(PERFECT, ONE_CHECK) == GOOD_WORD
    assert good_word(PERFECT, replace(ONE_CHECK, following="")).endswith("This was the last assignment of the course.")
    assert good_word(PERFECT, replace(ONE_CHECK, following=None)) == "Full marks. Well done!"
    for page in (markdown.render(PERFECT, ONE_CHECK), html.render(PERFECT, ONE_CHECK)):
        assert GOOD_WORD in page


def test_whatever_may_yet_be_missed_gets_no_good_word() -> None:
    late = Lateness("2026-10-05T22:00:00Z", True, 1, 0.5)
    rubric = (RubricItem("prose", "Prose", 4),)
    for result, assignment in (
        (RESULT, ASSIGNMENT),
        (MISSING, ASSIGNMENT),
        (PERFECT, ASSIGNMENT),  # with -k
        (PERFECT, replace(ONE_CHECK, held_back=1)),
        (replace(PERFECT, lateness=late), ONE_CHECK),
        (PERFECT, replace(ONE_CHECK, rubric=rubric)),
        (replace(PERFECT, rubric={"prose": 3.0}), replace(ONE_CHECK, rubric=rubric)),
    ):
        assert good_word(result, assignment) == ""
        assert "Well done" not in markdown.render(result, assignment) + html.render(result, assignment)
    assert good_word(replace(PERFECT, rubric={"prose": 4.0}), replace(ONE_CHECK, rubric=rubric)) == GOOD_WORD
