"""Phrases that the messages of servers and clients share. No rendering of a whole message in here."""

from __future__ import annotations

from grader.events.transcript import Transcript
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


def waited(transcript: Transcript, seconds: float, happened: str) -> str:
    """What happened during a wait that failed: "within 5 seconds …", or without a time when nothing can happen any more."""
    if transcript.nothing_can_happen:
        return happened
    return f"within {seconds:g} second{'' if seconds == 1 else 's'} {happened}"
