from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.model import Entry, Isolation, Status
from grader.reports.html import ROWS_SHOWN, render, render_class
from grader.reports.svg import ROWS_DRAWN
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
    report,
)

VOID = {"meta", "line", "rect", "circle", "path", "br"}


class Page(HTMLParser):
    """The elements of a page, its attributes and its text; every element has to be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data


def test_a_page_says_everything() -> None:
    text = Page(render(RESULT, ASSIGNMENT)).text
    for part in (
        "Read the time from NIST",
        "2 of 9 points · 1 of 3 checks passed",
        "✗ failed",
        "We sent the reply one byte at a time",
        "nist_time.py:12",
        "data = sock.recv(1024)",
        "recv() may return part of the line: read until it returns b''",
        "What was typed, printed and sent (4 rows)",
        "server → nist_time.py",
        "It is now | \\xff\\r\\n",
        "grader run nist_time -k reads_pieces --seed 7",
        'It needs "Prints the same line when the reply arrives in pieces", which did not pass',
        "Run in the sandbox · seed 7 · 0.6 s",
    ):
        assert part in text, part


def test_a_page_needs_nothing_else() -> None:
    page = Page(render(RESULT, ASSIGNMENT))
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(page.tags)
    assert all(value.startswith("#") for name, value in page.attributes if name in ("href", "src") and value)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert "http" not in render(RESULT, ASSIGNMENT).replace("http-equiv", "")


@pytest.mark.parametrize(
    "text", [HOSTILE_LINES, '"><script>alert(1)</script>', "' onload='x", "{{ 7*7 }}{% raw %}", "</svg></style>"]
)
def test_a_hostile_program_changes_no_markup(text: str) -> None:
    made = Page(render(failed_with(text), ASSIGNMENT))
    harmless = Page(render(failed_with("x"), ASSIGNMENT))
    assert [tag for tag in made.tags if tag != "code"] == [tag for tag in harmless.tags if tag != "code"]
    assert [name for name, _ in made.attributes] == [name for name, _ in harmless.attributes]
    assert not any(char in made.text for char in ("\x1b", "\u202e"))
    overview = Page(render_class(report(failed_with(text)), [ASSIGNMENT]))
    assert overview.tags == Page(render_class(report(failed_with("x")), [ASSIGNMENT])).tags
    assert not any(value and "javascript" in value for _, value in overview.attributes)


def test_the_diagram_has_a_lane_for_everybody_and_a_name_for_who_cannot_see_it() -> None:
    made = render(RESULT, ASSIGNMENT)
    assert re.findall(r'<text class="name"[^>]*>([^<]+)<', made) == ["terminal", "nist_time.py", "server"]
    assert 'role="img" aria-label="Who sent what to whom' in made
    assert "sends: \\n</text>" in made


def test_a_long_transcript_is_cut_and_says_so() -> None:
    entries = tuple(Entry(number, ("a.py", "b.py")[number % 2], "printed", b"x", 1) for number in range(ROWS_SHOWN + 9))
    text = Page(render(replace(RESULT, checks=(replace(FAILED, transcript=entries),)), ASSIGNMENT)).text
    assert f"{ROWS_SHOWN + 9 - ROWS_DRAWN} more rows not drawn." in text
    assert "9 more rows left out here." in text


def test_a_caret_stands_under_the_first_byte_that_differs() -> None:
    check = replace(FAILED, expected_bytes=b"ab", actual_bytes=b"ac")
    assert "\n           ^ byte 2 is the first that differs</pre>" in render(replace(RESULT, checks=(check,)), ASSIGNMENT)


def test_code_in_a_sentence_looks_like_code() -> None:
    check = replace(FAILED, did="We ran `a <b>` and `c`", hint="Use `x`, not ```")
    made = render(replace(RESULT, checks=(check,)), ASSIGNMENT)
    assert "We ran <code>a &lt;b&gt;</code> and <code>c</code></dd>" in made
    assert "Use <code>x</code>, not ```</dd>" in made


def test_a_long_text_is_cut() -> None:
    assert "(3,000 more characters)" in Page(render(failed_with("x" * 5_000), ASSIGNMENT)).text


def test_hidden_checks_are_counted_and_not_told() -> None:
    made = render(
        replace(RESULT, checks=(PASSED, replace(SKIPPED, message="It needs secret_check, which did not pass"), HIDDEN)),
        ASSIGNMENT,
    )
    assert "1 more check is run by your instructor" in made
    assert "secret" not in made.lower()


def test_what_was_not_graded_is_no_zero() -> None:
    assert "Not graded" in Page(render(BROKEN, ASSIGNMENT)).text
    assert "0 of" not in Page(render(BROKEN, ASSIGNMENT)).text
    assert "There is no file nist_time.py in your submission" in Page(render(MISSING, ASSIGNMENT)).text
    assert "? of 1" in Page(render(replace(RESULT, checks=(PASSED, ERROR)), ASSIGNMENT)).text


def test_what_a_person_reads_is_on_the_page() -> None:
    assert "not yet" in Page(render(RESULT, WITH_RUBRIC)).text
    assert "3.5" in Page(render(replace(RESULT, rubric={"prose": 3.5}), WITH_RUBRIC)).text


def test_the_class_links_to_every_page() -> None:
    broken = replace(RESULT, student="s05", checks=(replace(PASSED, status=Status.ERROR),))
    made = render_class(report(RESULT, MISSING, BROKEN, PERFECT, broken, notes=("x: y",)), [ASSIGNMENT])
    page = Page(made)
    links = [value for name, value in page.attributes if name == "href"]
    assert links == [f"{student}/nist_time.html" for student in ("s01", "s02", "s03", "s04", "s05")]
    for part in ("✗ 2", "– missing", "! not graded", "✓ 2", "5 students", "Note: x: y"):
        assert part in page.text, part


def test_a_link_to_a_student_with_a_strange_name_leads_to_the_folder_that_is_written() -> None:
    made = render_class(report(replace(RESULT, student="../é #1")), [ASSIGNMENT])
    (link,) = [value for name, value in Page(made).attributes if name == "href"]
    assert link is not None and link.count("/") == 1 and "#" not in link and not link.startswith(".")


def test_portable_is_called_a_self_check() -> None:
    assert "Self-check" in render_class(report(RESULT, isolation=Isolation.PORTABLE), [ASSIGNMENT])


def test_what_was_not_run_for_one_reason_stands_together() -> None:
    made = render(replace(RESULT, checks=(FAILED, SKIPPED, replace(SKIPPED, id="ends", title="Ends"))), ASSIGNMENT)
    assert made.count("which did not pass") == 1
    assert "2 checks: It needs" in Page(made).text and "Ends" in Page(made).text


def test_checks_that_the_instructor_holds_back_are_told_of() -> None:
    assert "2 more checks are run by your instructor" in render(RESULT, replace(ASSIGNMENT, held_back=2))


def test_a_run_without_the_sandbox_is_not_the_grade_of_record() -> None:
    assert "not the grade of record" in render(replace(RESULT, isolation=Isolation.PORTABLE), ASSIGNMENT)
    assert "not the grade of record" not in render(RESULT, ASSIGNMENT)


def test_one_student_is_no_class() -> None:
    assert "Results of the class" not in render_class(report(RESULT), [ASSIGNMENT])
    assert "Results of the class" in render_class(report(RESULT, MISSING), [ASSIGNMENT])
