"""The daytime service (RFC 867) in the form that NIST's servers use: one line of text, both ways.

A line looks like `56259 12-11-28 19:30:19 00 0 0 118.4 UTC(NIST) *`: Modified Julian Date, date, time (UTC), daylight saving
code, leap second code, health, milliseconds of advance, time scale, on-time marker. No socket and no clock in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_DAY_ZERO = date(1858, 11, 17)
"""The day on which the Modified Julian Date is 0."""


@dataclass(frozen=True)
class Daytime:
    """A parsed line. `ms_advance` is in milliseconds; `health` 0 means that the time can be trusted."""

    moment: datetime
    dst: int
    leap: int
    health: int
    ms_advance: float


def modified_julian_date(day: date) -> int:
    """Days since 17 November 1858."""
    return (day - _DAY_ZERO).days


def format_line(moment: datetime, *, ms_advance: float, health: int = 0, leap: int = 0, dst: int = 0) -> str:
    """The line for the aware `moment`, without the newlines around it; a naive one raises ValueError.

    NIST pads `ms_advance` to five places, so a small one leaves several blanks in a row.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    utc = moment.astimezone(UTC)
    day = modified_julian_date(utc.date())
    return f"{day:05d} {utc:%y-%m-%d %H:%M:%S} {dst:02d} {leap} {health} {ms_advance:5.1f} UTC(NIST) *"


def wire_form(line: str) -> bytes:
    """The bytes that the server sends for `line`: a newline before it, a blank and a newline after it."""
    return f"\n{line} \n".encode("ascii")


def parse_line(line: str) -> Daytime:
    """Read a line, newlines around it or not. Raises ValueError if it is not NIST's form or contradicts itself.

    The Modified Julian Date gives the century that the two-digit year leaves open. A leap second (second 60) has no
    `datetime`, so it is a ValueError as well.
    """
    fields = line.split()
    if len(fields) != 9 or fields[7] != "UTC(NIST)":
        raise ValueError(f"not a daytime line: {line!r}")
    day = _DAY_ZERO + timedelta(days=int(fields[0]))
    if f"{day:%y-%m-%d}" != fields[1]:
        raise ValueError(f"day {fields[0]} is {day:%y-%m-%d}, but the line says {fields[1]}")
    moment = datetime.combine(day, time.fromisoformat(fields[2]), tzinfo=UTC)
    return Daytime(moment, dst=int(fields[3]), leap=int(fields[4]), health=int(fields[5]), ms_advance=float(fields[6]))
