"""Phrases that the messages of servers and clients share. No rendering of a whole message in here."""

from __future__ import annotations

from grader.reports.text import visible

_SHOWN = 200


def quoted(data: bytes) -> str:
    """`data` in quotes for a sentence, cut visibly when it is long."""
    if not data:
        return "nothing"
    if len(data) <= _SHOWN:
        return f"'{visible(data)}'"
    return f"'{visible(data[:_SHOWN])}' … ({len(data) - _SHOWN:,} more bytes)"


def counted(number: int, noun: str) -> str:
    """`1 byte`, `2 bytes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def in_seconds(seconds: float) -> str:
    """`1 second`, `2.5 seconds`."""
    return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"
