"""A transcript as rows that a person can read: who did what to whom, and the bytes as text or hex. No markup in here.

Pieces of one kind that follow one another become one row (`sends 23 pieces of 1 byte`). The words of an entry are those that
programs, fake servers and scripted clients record; a row has the same in the present, seen from the side that acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.model import Entry
from grader.reports.text import clip, inert, visible

TERMINAL = "terminal"
"""Name of the party that types, and reads what is printed."""
OWN_CODE = "your code"
"""Name of the party that entries call `student`: a function that was called."""
TEXT_SHOWN = 160
"""Characters of one row's bytes that are shown, unless a report asks for another number."""
WORDS_SHOWN = 100
"""Characters of a party's name, and of what it does, that are shown."""
MOSTLY_TEXT = 0.75
"""Share of characters that must be readable for bytes to be shown as text."""


@dataclass(frozen=True)
class Row:
    """One line of a transcript: `who` does `what`, to `target` if that is not empty.

    `size` is the number of bytes really moved; `data` may be cut.
    """

    at: float
    who: str
    what: str
    target: str = ""
    data: bytes = b""
    size: int = 0
    fails: bool = False
    """A connection was broken off or never came about."""

    @property
    def parties(self) -> str:
        return f"{self.who} → {self.target}" if self.target else self.who

    def text(self, limit: int = TEXT_SHOWN) -> str:
        """The bytes as text with visible `\\n`, or as hex where they are not text; cut after `limit` characters."""
        shown = shown_bytes(self.data)
        if len(shown) <= limit and self.size <= len(self.data):
            return shown
        return f"{shown[:limit]} … ({self.size:,} bytes in all)"


_REPORTED = {
    "received": "sends",
    "accepted a connection": "connects",
    "received the end of the data": "ends what it sends",
    "saw the connection break off": "breaks the connection off",
}
"""What the other party did, for what somebody saw of it."""
_ACTS = {
    "sent": "sends",
    "typed": "types",
    "printed": "prints",
    "printed to stderr": "prints to stderr",
    "pressed Ctrl-C": "presses Ctrl-C",
    "pressed Ctrl-D": "presses Ctrl-D",
    "closed": "closes the connection",
    "half-closed": "ends what it sends",
    "reset": "resets the connection",
}
_STARTS = {
    "started: ": "is started: ",
    "connected to": "connects to",
    "sent in": "sends",
    "was refused": "is refused",
    "could not send": "cannot send",
}
"""Beginnings of what carries a number or a name."""
_OTHERS = ("connects to", "sends", "is refused", "cannot send")
_IN_PIECES = ("received", "printed", "printed to stderr", "sent")
_FAILS = ("saw the connection break off", "was refused", "could not send", "reset")


def rows(entries: Sequence[Entry]) -> list[Row]:
    """The rows of a transcript, in its order."""
    return list(_rows(entries))


def worth_showing(rows: Sequence[Row]) -> bool:
    """Whether anything was exchanged: that a program was started and ended tells nobody anything."""
    return any(row.target for row in rows)


def lanes(rows: Sequence[Row]) -> list[str]:
    """The parties in the order in which a diagram shows them: the terminal, the programs, everybody else."""
    names = list(dict.fromkeys(name for row in rows for name in (row.who, row.target) if name))
    programs = {row.who for row in rows if row.what.startswith(("is started", "prints"))}
    return sorted(names, key=lambda name: 0 if name == TERMINAL else 1 if name in programs else 2)


def shown_bytes(data: bytes) -> str:
    """`data` as one line of text, or as pairs of hex digits where most of it is not text."""
    text = data.decode("utf-8", "replace")
    readable = sum(char in "\n\r\t" or (char.isprintable() and char != "\ufffd") for char in text)
    return visible(data) if readable >= MOSTLY_TEXT * len(text) else data.hex(" ")


def _rows(entries: Sequence[Entry]) -> Iterator[Row]:
    program = ""
    for pieces in _grouped(entries):
        entry = pieces[0]
        if entry.what.startswith("started"):
            program = _party(entry.who)
        party = program if program and entry.what.startswith("listens on") and entry.who == "student" else _party(entry.who)
        who, what, target = _act(party, entry.what, program)
        if len(pieces) > 1:
            what += " " + _many([piece.size for piece in pieces])
        fails = entry.what.startswith(_FAILS) and bool(target)
        yield Row(entry.at, who, what, target, *_joined(pieces), fails)


def _grouped(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries that become one row: pieces of data that follow one another, of one kind, from one side. Others stand alone."""
    groups: list[list[Entry]] = []
    for entry in entries:
        last = groups[-1][-1] if groups else None
        if last and entry.size and entry.what in _IN_PIECES and (entry.who, entry.what) == (last.who, last.what):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _joined(entries: Sequence[Entry]) -> tuple[bytes, int]:
    """The bytes of the pieces, up to the first that was cut, and how many there were in all."""
    data = b""
    for entry in entries:
        data += entry.data
        if entry.size > len(entry.data):
            break
    return data, sum(entry.size for entry in entries)


def _many(sizes: Sequence[int]) -> str:
    if len(set(sizes)) > 1:
        return f"{len(sizes):,} pieces"
    return f"{len(sizes):,} pieces of {sizes[0]:,} {'byte' if sizes[0] == 1 else 'bytes'}"


def _party(who: str) -> str:
    return {"keyboard": TERMINAL, "student": OWN_CODE}.get(who) or clip(inert(who, keep=""), WORDS_SHOWN)


def _act(party: str, what: str, program: str) -> tuple[str, str, str]:
    """(who, what, target) of a row, for what `party` recorded while `program` was the one that had been started last."""
    other = program if program != party else ""
    if what in _REPORTED:
        return (other, _REPORTED[what], party) if other else (party, clip(inert(what, keep=""), WORDS_SHOWN), "")
    if what.startswith("printed"):
        return party, _ACTS[what], TERMINAL
    if what in _ACTS:
        return party, _ACTS[what], other
    shown = clip(inert(what, keep=""), WORDS_SHOWN)
    for start, present in _STARTS.items():
        if shown.startswith(start):
            shown = present + shown[len(start) :]
    return party, shown, other if shown.startswith(_OTHERS) else ""
