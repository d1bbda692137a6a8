"""Making text that a student's program wrote inert and visible. No wording, no layout of a report in here.

One function for each place: `inert` for several lines of plain text, `visible` for one exact line, `inline` and `prose` for a
line of Markdown, `code` and `fence` for Markdown code. `clip` cuts long text and says so. Each result is safe to write to a
terminal, a CI log and a UTF-8 file.
"""

from __future__ import annotations

import re
import unicodedata

NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Unicode categories nobody can see: control, format (bidi marks, zero width), line and paragraph separators, surrogates."""

# Log commands of GitHub ("::error::" after leading blanks, "##[error]" anywhere), Azure ("##vso[") and TeamCity ("##teamcity[").
LOG_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)

# Code in a sentence of the grader's own.
BACKTICKS = re.compile(r"`([^`\n]+)`")

MARKDOWN_ESCAPES = {
    **{mark: "\\" + mark for mark in "\\`*[]~$"},
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "|": "&#124;",
    "\u200b": "&#8203;",
}

# An underscore within a word is just an underscore, and names of files and functions read better without a backslash.
UNDERSCORES = re.compile(r"(?<![^\W_])_|_(?![^\W_])")

# Text that a forge turns into a link by itself: a mention, an issue number, an address, a host. A zero width space takes it
# apart; an entity alone would not, since forges look at the text after Markdown has been read.
SELF_LINKING = re.compile(r"@|#(?=\d)|:(?=//)|www(?=\.)", re.IGNORECASE)


def visible(data: bytes | str) -> str:
    """One line that shows exactly what `data` holds, written as in a Python string: `\\n`, `\\r`, `\\t`, `\\x00`, `\\\\`.

    Bytes are read as UTF-8; a byte that is not UTF-8 becomes `\\xNN`.
    """
    if isinstance(data, str):
        return "".join(_escape(char, keep="") for char in data.replace("\\", "\\\\"))
    # Bytes that do not decode become lone surrogates, which no valid UTF-8 holds: they stay apart from real backslashes.
    text = data.decode("utf-8", "surrogateescape").replace("\\", "\\\\")
    return "".join(f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff" else _escape(char, keep="") for char in text)


def quoted(data: bytes | str, limit: int = 400) -> str:
    """`data` made visible, between quotation marks, for a sentence; cut after `limit` characters."""
    if len(data) <= limit:
        return f"'{visible(data)}'"
    return f"'{visible(data[:limit])}' … ({len(data) - limit:,} more)"


def inert(text: str, keep: str = "\n\t") -> str:
    """`text` with all that could act in a terminal or a CI log made visible; line ends and tabs stay.

    An escape sequence stays readable as `\\x1b[31m`, a log command as `\\x3a:error::`.
    """
    shown = "".join(_escape(char, keep) for char in text)
    return LOG_COMMAND.sub(_show_command, shown)


def inline(text: str) -> str:
    """`text` as one line of Markdown that means nothing but itself; fit for a paragraph or a table cell.

    It is not fit to begin a line: put a word before it.
    """
    shown = inert(re.sub(r"[\n\t]", " ", text.strip()), keep="")
    apart = SELF_LINKING.sub(lambda match: match.group() + "\u200b", shown)
    return UNDERSCORES.sub(r"\\_", "".join(MARKDOWN_ESCAPES.get(char, char) for char in apart))


def prose(text: str) -> str:
    """`text` as `inline` writes it, with what stands between two backticks as code. Not fit for a table."""
    parts = BACKTICKS.split(text)
    return "".join(code(part) if place % 2 else _kept(part, inline(part)) for place, part in enumerate(parts))


def _kept(part: str, shown: str) -> str:
    """`shown` with a blank on each side where `part` had one."""
    return f"{' ' if part[:1].isspace() else ''}{shown}{' ' if part[-1:].isspace() and shown else ''}"


def code(text: str) -> str:
    """`text` as inline Markdown code, for a paragraph (a table would split it at every `|`)."""
    shown = inert(text, keep="")
    ticks = "`" * (_longest_run(shown) + 1)
    edge = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) or not shown.strip() else ""
    return f"{ticks}{edge}{shown}{edge}{ticks}"


def fence(text: str, language: str = "text") -> str:
    """`text` as a fenced Markdown block; the fence is longer than any run of backticks inside."""
    shown = inert(text).rstrip("\n")
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}"


def clip(text: str, limit: int) -> str:
    """The first `limit` characters of `text`; if there are more, followed by how many were cut."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … ({len(text) - limit:,} more characters)"


def _escape(char: str, keep: str) -> str:
    if char in keep or unicodedata.category(char) not in HIDDEN_CATEGORIES:
        return char
    if char in NAMED:
        return NAMED[char]
    number = ord(char)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _show_command(match: re.Match[str]) -> str:
    return "\\x23" if match.group() == "#" else f"{match.group(1)}\\x3a"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
