from __future__ import annotations

import pytest

from grader.reports.wording import bar, count, joined, number, plain


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
