"""A transcript as a Mermaid `sequenceDiagram`, as forges draw it in Markdown. Which rows there are: `transcript_view`.

Every character that could mean something to Mermaid is written as its number (`#59;`): nothing that a program printed can
change the diagram.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.reports.text import inert
from grader.reports.transcript_view import Row, lanes

ROWS_DRAWN = 30
TEXT_DRAWN = 40
"""Characters of one row's bytes that are drawn."""
NAME_DRAWN = 30
"""Characters of a party's name that are drawn."""

PLAIN = re.compile(r"[A-Za-z0-9 .,/()'=+*!?_-]")
"""Characters that mean only themselves; letters beyond ASCII do, too. A colon does behind the one that begins a message."""
KEYWORD = re.compile(r"\bend\b", re.IGNORECASE)
"""A word that ends a block of Mermaid wherever it stands."""


def diagram(rows: Sequence[Row]) -> str:
    """The diagram's source, without the fence; at most `ROWS_DRAWN` rows are drawn."""
    drawn = rows[:ROWS_DRAWN]
    ids = {name: f"p{number}" for number, name in enumerate(lanes(drawn))}
    lines = [f"participant {id} as {escape(cut(name, NAME_DRAWN))}" for name, id in ids.items()]
    lines += [_line(row, ids) for row in drawn]
    if len(rows) > len(drawn):
        lines.append(f"Note over p0: and {len(rows) - len(drawn):,} more")
    return "\n".join(["sequenceDiagram", *(f"    {line}" for line in lines)])


def escape(text: str) -> str:
    """`text` as a name or a message of a diagram, on one line; a blank that can be seen through if there is none."""
    shown = inert(re.sub(r"\s+", " ", text.strip()), keep="")
    shown = "".join(char if PLAIN.match(char) or char.isalpha() else f"#{ord(char)};" for char in shown)
    return KEYWORD.sub(lambda match: f"#{ord(match[0][0])};{match[0][1:]}", shown) or "#160;"


def cut(text: str, limit: int) -> str:
    """The first characters of `text`, at most `limit` with the sign that some are left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _line(row: Row, ids: dict[str, str]) -> str:
    words = escape(f"{row.what}: {row.text(TEXT_DRAWN)}" if row.size else row.what).replace("#58;", ":")
    if not row.target:
        return f"Note over {ids[row.who]}: {words}"
    arrow = "-x" if row.fails else "->>" if row.size else "-->>"
    return f"{ids[row.who]}{arrow}{ids[row.target]}: {words}"
