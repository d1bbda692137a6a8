from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocols.daytime import format_line, modified_julian_date, parse_line, wire_form

LINE = "56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) *"

moments = st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31)).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))


def test_the_form_is_nists() -> None:
    assert format_line(datetime(2012, 11, 28, 19, 30, 19, tzinfo=UTC), ms_advance=118.4) == LINE


def test_a_small_advance_is_padded() -> None:
    line = format_line(datetime(2025, 10, 18, 6, 49, 19, tzinfo=UTC), ms_advance=9.2, dst=16)
    assert line == "60966 25-10-18 06:49:19 16 0 0   9.2 UTC(NIST) *"


def test_the_wire_form_has_a_newline_on_both_sides_and_a_blank_behind_the_star() -> None:
    assert wire_form(LINE) == b"\n56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) * \n"


def test_a_moment_of_another_zone_is_sent_as_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert format_line(datetime(2013, 1, 1, 1, 0, 0, tzinfo=east), ms_advance=50).startswith("56292 12-12-31 19:30:00 ")


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_line(datetime(2012, 11, 28), ms_advance=0)


@pytest.mark.parametrize(("day", "number"), [((1858, 11, 17), 0), ((2000, 1, 1), 51544), ((2026, 8, 29), 61281)])
def test_modified_julian_date(day: tuple[int, int, int], number: int) -> None:
    assert modified_julian_date(datetime(*day).date()) == number


@given(moments, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 2), st.integers(0, 4))
def test_what_is_formatted_is_parsed_again(moment: datetime, tenths: int, dst: int, leap: int, health: int) -> None:
    line = format_line(moment, ms_advance=tenths / 10, dst=dst, leap=leap, health=health)
    daytime = parse_line(wire_form(line).decode("ascii"))
    assert (daytime.moment, daytime.ms_advance) == (moment, tenths / 10)
    assert (daytime.dst, daytime.leap, daytime.health) == (dst, leap, health)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        LINE.replace("UTC(NIST)", "UTC"),
        LINE.replace("12-11-28", "12-11-29"),  # contradicts the Modified Julian Date
        LINE.replace("19:30:19", "23:59:60"),  # a leap second has no datetime
        LINE.replace("56259", "x6259"),
    ],
)
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        parse_line(line)
