"""Two byte strings, one below the other, with a caret under the first byte that differs. Plain text; no markup in here."""

from __future__ import annotations

from grader.reports.transcript_view import shown_bytes

BEFORE_SHOWN = 30
"""Characters that are shown before the first difference when the lines are too long."""


def first_difference(expected: bytes, actual: bytes) -> int | None:
    """Offset of the first byte that differs, or where the shorter one ends; None if the two are equal."""
    if expected == actual:
        return None
    shorter = min(len(expected), len(actual))
    return next((place for place in range(shorter) if expected[place] != actual[place]), shorter)


def difference(expected: bytes, actual: bytes, width: int) -> list[str]:
    """`expected  …`, `came      …` and a line with the caret, each at most `width` columns; nothing if the two are equal."""
    place = first_difference(expected, actual)
    if place is None:
        return []
    common, wanted, came = _shown_alike(expected, actual, place)
    left_out = max(0, len(common) - BEFORE_SHOWN) if len(common) + max(len(wanted), len(came)) + 10 > width else 0
    common = ("…" + common[left_out:]) if left_out else common
    lines = [_cut(f"expected  {common}{wanted}", width), _cut(f"came      {common}{came}", width)]
    caret = " " * (len("expected  ") + len(common)) + "^"
    note = _note(expected, actual, place)
    fits = len(caret) + 1 + len(note) <= width
    return [*lines, f"{caret} {note}"] if fits else [*lines, caret, note]


def _note(expected: bytes, actual: bytes, place: int) -> str:
    if place == len(actual):
        return f"it ended here, {_bytes(len(expected) - place)} too early"
    if place == len(expected):
        return f"it should have ended here; {_bytes(len(actual) - place)} too many came"
    return f"byte {place + 1} is the first that differs"


def _bytes(many: int) -> str:
    return "1 byte" if many == 1 else f"{many:,} bytes"


def _shown_alike(expected: bytes, actual: bytes, place: int) -> tuple[str, str, str]:
    """What is common, then the rest of each: all three as text or all three as hex, so that they stand in the same columns."""
    if any(shown_bytes(data) == data.hex(" ") for data in (expected, actual) if data):
        common = expected[:place].hex(" ")
        return f"{common} " if common else "", expected[place:].hex(" "), actual[place:].hex(" ")
    start = _start_of_character(expected, actual, place)
    return shown_bytes(expected[:start]), shown_bytes(expected[start:]), shown_bytes(actual[start:])


def _start_of_character(expected: bytes, actual: bytes, place: int) -> int:
    """The offset at or before `place` where a UTF-8 character begins in both, as far as they are UTF-8."""
    for start in range(place, max(-1, place - 4), -1):
        if not any(start < len(data) and data[start] & 0xC0 == 0x80 for data in (expected, actual)):
            return start
    return place


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
