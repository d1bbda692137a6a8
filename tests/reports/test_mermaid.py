from __future__ import annotations

import re

import pytest

from grader.model import Entry
from grader.reports.mermaid import ROWS_DRAWN, diagram, escape
from grader.reports.transcript_view import Row, rows
from tests.reports.sample import HOSTILE_LINES

LINE = re.compile(
    r"    (participant p\d as|Note over p\d:|p\d(->>|-->>|-x)p\d:) (?:[\w .,/()'=+*!?:-]|#\d+;|[^\x00-\x7f])+", re.ASCII
)


def test_the_whole_diagram() -> None:
    entries = (
        Entry(0.0, "server", "listens on port 13"),
        Entry(0.0, "time.py", "started: python time.py"),
        Entry(0.1, "server", "accepted a connection"),
        Entry(0.1, "server", "sent", b"12:30\n", 6),
        Entry(0.2, "server", "saw the connection break off"),
        Entry(0.2, "time.py", "printed", b"12:30\n", 6),
    )
    assert diagram(rows(entries)) == (
        "sequenceDiagram\n"
        "    participant p0 as terminal\n"
        "    participant p1 as time.py\n"
        "    participant p2 as server\n"
        "    Note over p2: listens on port 13\n"
        "    Note over p1: is started: python time.py\n"
        "    p1-->>p2: connects\n"
        "    p2->>p1: sends: 12:30#92;n\n"
        "    p1-xp2: breaks the connection off\n"
        "    p1->>p0: prints: 12:30#92;n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a;b#c:d", "a#59;b#35;c#58;d"),
        ('say "end"', "say #34;#101;nd#34;"),
        ("End of the bend", "#69;nd of the bend"),
        ("two\nlines", "two lines"),
        ("%%{init}%% <b> `x`", "#37;#37;#123;init#125;#37;#37; #60;b#62; #96;x#96;"),
        ("Grüße", "Grüße"),
        ("", "#160;"),
        ("\x1b\u202e", "#92;x1b#92;u202e"),
    ],
)
def test_nothing_means_anything_to_mermaid(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    "text", [HOSTILE_LINES, "end", "x\nparticipant y", "->>", "note over p0: x", "%%{init: {}}%%", "#quot;", "`" * 9]
)
def test_a_hostile_program_adds_no_line_to_the_diagram(text: str) -> None:
    data = text.encode()
    made = diagram([Row(0.0, text, text, text + "2", data, len(data)), Row(0.1, "a", text)])
    first, *lines = made.split("\n")
    assert first == "sequenceDiagram"
    assert len(lines) == 5
    assert all(LINE.fullmatch(line) for line in lines), made


def test_a_long_diagram_says_what_is_left_out() -> None:
    made = diagram([Row(0.0, "a", "sends", "b", b"x", 1)] * (ROWS_DRAWN + 3))
    assert made.count("->>") == ROWS_DRAWN
    assert made.endswith("\n    Note over p0: and 3 more")
