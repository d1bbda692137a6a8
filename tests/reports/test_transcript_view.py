from __future__ import annotations

import pytest

from grader.model import Entry
from grader.reports.transcript_view import Row, lanes, rows, shown_bytes, worth_showing

START = Entry(0.0, "echo.py", "started: python echo.py")


def entry(who: str, what: str, data: bytes = b"", size: int | None = None) -> Entry:
    return Entry(0.5, who, what, data, len(data) if size is None else size)


def told(*entries: Entry) -> list[str]:
    """Each row but the first, `START`, as one line."""
    return [f"{row.parties}: {row.what} {row.text()}".strip() for row in rows((START, *entries))[1:]]


def test_small_pieces_that_follow_one_another_are_one_row() -> None:
    assert told(*(entry("echo.py", "printed", char) for char in (b"a", b"b", b"\n"))) == [
        "echo.py → terminal: prints 3 pieces of 1 byte ab\\n"
    ]
    assert told(entry("client", "received", b"ab"), entry("client", "received", b"c")) == ["echo.py → client: sends 2 pieces abc"]


def test_pieces_of_another_kind_or_side_stay_apart() -> None:
    assert told(
        entry("server", "sent", b"a"), entry("echo.py", "printed", b"b"), entry("echo.py", "printed to stderr", b"c")
    ) == ["server → echo.py: sends a", "echo.py → terminal: prints b", "echo.py → terminal: prints to stderr c"]


def test_what_happens_twice_is_two_rows() -> None:
    assert (
        told(entry("server", "accepted a connection"), entry("server", "accepted a connection"))
        == ["echo.py → server: connects"] * 2
    )


@pytest.mark.parametrize(
    ("who", "what", "shown"),
    [
        ("keyboard", "typed", "terminal → echo.py: types x"),
        ("keyboard", "pressed Ctrl-C", "terminal → echo.py: presses Ctrl-C x"),
        ("keyboard", "pressed Ctrl-D", "terminal → echo.py: presses Ctrl-D x"),
        ("server", "sent in 91 pieces", "server → echo.py: sends 91 pieces x"),
        ("server", "received the end of the data", "echo.py → server: ends what it sends x"),
        ("ann", "connected to port 9000", "ann → echo.py: connects to port 9000 x"),
        ("ann", "was refused on port 9000", "ann → echo.py: is refused on port 9000 x"),
        ("ann", "half-closed", "ann → echo.py: ends what it sends x"),
        ("ann", "stopped reading", "ann: stopped reading x"),
        ("student", "listens on port 9000", "echo.py: listens on port 9000 x"),
        ("server", "listens on port 13", "server: listens on port 13 x"),
        ("grader", "left out 3 more entries", "grader: left out 3 more entries x"),
    ],
)
def test_every_row_says_who_acts_towards_whom(who: str, what: str, shown: str) -> None:
    assert told(entry(who, what, b"x")) == [shown]


def test_the_program_is_the_one_that_was_started_last() -> None:
    entries = (START, entry("chat.py", "started: python chat.py"), entry("server", "sent", b"x"))
    assert rows(entries)[-1].target == "chat.py"


def test_without_a_program_nobody_is_meant() -> None:
    assert [row.target for row in rows((entry("server", "sent", b"x"), entry("server", "received", b"y")))] == ["", ""]


def test_a_broken_connection_is_marked() -> None:
    made = rows((START, entry("ann", "saw the connection break off"), entry("ann", "closed")))
    assert [row.fails for row in made] == [False, True, False]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"caf\xc3\xa9\r\n", "café\\r\\n"),
        (b"almost all text \xff", "almost all text \\xff"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "89 50 4e 47 0d 0a 1a 0a 00 00"),
        (b"", ""),
        ("Grüße an alle"[:6].encode()[:-1] + b"\xc3", "Grüße\\xc3"),
    ],
)
def test_bytes_are_text_or_else_hex(data: bytes, shown: str) -> None:
    assert shown_bytes(data) == shown


def test_long_bytes_are_cut_and_counted() -> None:
    row = rows((START, entry("server", "sent", b"x" * 50, 2_000)))[1]
    assert row.text(10) == "xxxxxxxxxx … (2,000 bytes in all)"
    cut = rows((START, entry("ann", "received", b"ab", 5), entry("ann", "received", b"cd")))[1]
    assert (cut.data, cut.size) == (b"ab", 7), "what comes after a gap does not belong beside it"


def test_names_and_words_that_hide_something_are_made_visible() -> None:
    row = rows((START, entry("x\x1b[31m", "sent\u202e", b"x")))[1]
    assert (row.who, row.what) == ("x\\x1b[31m", "sent\\u202e")


def test_lanes_have_the_terminal_first_and_the_programs_next() -> None:
    entries = (entry("server", "listens on port 13"), START, entry("server", "sent", b"x"), entry("echo.py", "printed", b"y"))
    assert lanes(rows(entries)) == ["terminal", "echo.py", "server"]
    assert lanes([]) == []


def test_a_start_and_an_end_are_not_worth_showing() -> None:
    assert not worth_showing(rows((START, entry("echo.py", "ended"))))
    assert worth_showing([Row(0.0, "ann", "connects", "echo.py")])
