from __future__ import annotations

import pytest

from grader.reports.difference import difference, first_difference


@pytest.mark.parametrize(
    ("expected", "actual", "place"), [(b"abc", b"abc", None), (b"abc", b"aXc", 1), (b"abc", b"ab", 2), (b"", b"x", 0)]
)
def test_the_first_byte_that_differs(expected: bytes, actual: bytes, place: int | None) -> None:
    assert first_difference(expected, actual) == place


@pytest.mark.parametrize(
    ("expected", "actual", "lines"),
    [
        (b"a\n1", b"a\n2", ["expected  a\\n1", "came      a\\n2", "             ^ byte 3 is the first that differs"]),
        (b"ab\n", b"ab", ["expected  ab\\n", "came      ab", "            ^ it ended here, 1 byte too early"]),
        (b"ab", b"abcd", ["expected  ab", "came      abcd", "            ^ it should have ended here; 2 bytes too many came"]),
        (
            b"\x00\x01\x02",
            b"\x00\x01\xff",
            ["expected  00 01 02", "came      00 01 ff", "                ^ byte 3 is the first that differs"],
        ),
        ("xü".encode(), "xö".encode(), ["expected  xü", "came      xö", "           ^ byte 3 is the first that differs"]),
        (b"same", b"same", []),
    ],
)
def test_a_caret_stands_under_it(expected: bytes, actual: bytes, lines: list[str]) -> None:
    assert difference(expected, actual, 80) == lines


def test_long_lines_are_cut_around_the_difference() -> None:
    lines = difference(b"a" * 200 + b"b" * 200, b"a" * 200 + b"c" * 9, 60)
    assert all(len(line) <= 60 for line in lines)
    assert lines[0].startswith("expected  …aaa") and lines[0].endswith("b…")
    assert lines[1].endswith("accccccccc")
    assert lines[0][lines[2].index("^")] == "b" and lines[1][lines[2].index("^")] == "c"


def test_a_note_that_does_not_fit_stands_below() -> None:
    assert difference(b"a" * 25 + b"b", b"a" * 25 + b"c", 40)[2:] == [" " * 35 + "^", "byte 26 is the first that differs"]
