"""The rules for what a student reads about a known mistake."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.course.lint_feedback import faults_of_feedback, secret_lines
from grader.errors import Place
from grader.model import CheckResult, Isolation, Result, ResultStatus, Status

LINE = "total = sum(int(word) for word in line.split())"
SOLUTION = f'''\
"""A docstring of more than thirty characters (with brackets)."""
# A comment of more than thirty characters (with brackets)
def add(line):
    {LINE}
    return total
'''
FAILED = CheckResult(
    "adds",
    "Adds",
    Status.FAILED,
    0,
    1,
    did="We sent '1 2'",
    expected="the sum 3",
    happened="the sum was 12",
    hint="Turn each  word\ninto a number",
    place=Place("add.py", 3, "return a + b"),
)


def faults(check: CheckResult, words: list[str], secret: set[str] | None = None) -> list[str]:
    result = Result("x", "add", ResultStatus.GRADED, 0, 1, (check,), Isolation.SANDBOX)
    return list(faults_of_feedback(result, words, secret or set()))


def test_the_words_may_stand_in_every_part_a_student_reads() -> None:
    assert faults(FAILED, ["We sent", "the sum 3", "was 12", "each word into", "add.py:3", "a + b"]) == []


def test_a_word_that_is_missing() -> None:
    assert faults(FAILED, ["int()"]) == [
        "The feedback does not say 'int()'; put that into a message or a hint, or name other words."
    ]


def test_words_of_a_check_that_passed_do_not_count() -> None:
    passed = CheckResult("adds", "Adds", Status.PASSED, 1, 1, hint="int()")
    assert len(faults(passed, ["int()"])) == 1


def test_a_failed_check_without_a_hint() -> None:
    assert faults(CheckResult("adds", "Adds", Status.FAILED, 0, 1), []) == ["The check adds gives no hint."]


def test_feedback_that_gives_the_solution_away() -> None:
    check = CheckResult("adds", "Adds", Status.FAILED, 0, 1, hint=f"Write {LINE.replace(' = ', '  =  ')} instead")
    secret = secret_lines({"add.py": SOLUTION.encode()}, [], "")
    assert faults(check, [], secret) == [f"The feedback gives away a line of the solution: {LINE}"]


def test_only_long_lines_of_code_are_secret() -> None:
    assert secret_lines({"add.py": SOLUTION.encode(), "notes.txt": SOLUTION.encode()}, [], "") == {LINE}


@pytest.mark.parametrize(
    ("known", "handout"), [([{"other.py": f"if x:\n        {LINE}\n".encode()}], ""), ([], f"Write\n\n    {LINE}\n\nfirst.")]
)
def test_what_a_student_has_anyway_is_not_secret(known: list[dict[str, bytes]], handout: str) -> None:
    assert secret_lines({"add.py": SOLUTION.encode()}, known, handout) == set()


def notebook(*cells: tuple[str, list[str]]) -> dict[str, bytes]:
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    return {"add.ipynb": json.dumps({"cells": made}).encode()}


def test_the_code_of_a_notebook_counts_and_so_do_its_answers() -> None:
    answer = "A bytes object has no format method at all"
    solution = notebook(("markdown", ["## Add\n", answer]), ("code", ["x = 1\n", LINE]))
    assert secret_lines(solution, [], "") == {LINE, answer}
    assert secret_lines(solution, [notebook(("markdown", [f"{answer}\n"]))], "") == {LINE}
    assert secret_lines(solution, [], f"An example: {answer}.") == {LINE}
    assert secret_lines({"add.ipynb": b"broken"}, [], "") == set()


def test_a_file_that_is_not_python_has_no_secret() -> None:
    assert secret_lines({"add.py": b"def broken(:\n"}, [], "") == set()


@pytest.mark.parametrize(
    ("expected", "compared", "is_fault"),
    [
        ("'on November 18, 2039'", b"on 18 November 2039", True),
        ("'on November 18, 2039'", b"on November 18, 2039", False),
        ("the program asks 'Number: '", b"Number", False),
        ("exactly 'NEW Ann\\n' for Bob", b"NEW Ann\n", False),
        ("Bob gets 'xxxx…'", b"xxxxxxxxxx\n", False),
        ("the same bytes come back", b"x", False),
        (repr("Grüße".encode()), "Grüße".encode(), False),
    ],
)
def test_a_comparison_may_not_contradict_the_sentence_above_it(expected: str, compared: bytes, is_fault: bool) -> None:
    check = replace(FAILED, expected=expected, expected_bytes=compared, actual_bytes=b"y")
    assert ["take both from one text" in fault for fault in faults(check, [])] == [True] * is_fault
