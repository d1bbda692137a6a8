"""Why Python cannot read a student's file as text: its encoding, told with the line and the cure. Bytes in, values out.

Source: the Python Language Reference, 2.1.4 "Encoding declarations", and PEP 263. Mistakes of grammar are not in here.
"""

from __future__ import annotations

import codecs
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import Place

_MARKS = (  # the longer mark first: that of UTF-32 begins as that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LOOKED_AT = 4096  # bytes
_SAVE = (
    "Save {file} as UTF-8: in VS Code click on the encoding in the status bar and choose Save with Encoding; in Notepad, "
    "Save as, with the encoding UTF-8. Other editors have it in their settings, too."
)


@dataclass(frozen=True)
class Unreadable:
    """A file that Python cannot read. `happened` follows "What happened:"."""

    happened: str
    hint: str
    place: Place


def find_unreadable(text: str, sources: Mapping[str, bytes]) -> Unreadable | None:
    """Return which of the student's files made Python give up, if `text`, an error message, is of that kind.

    `sources` are the student's files by name. A file that the message names comes first.
    """
    if "SyntaxError" not in text and "null bytes" not in text:
        return None
    programs = sorted((name for name in sources if name.endswith(".py")), key=lambda name: name not in text)
    return next((found for name in programs if (found := why_unreadable(name, sources[name]))), None)


def why_unreadable(name: str, data: bytes) -> Unreadable | None:
    """Say why Python cannot decode the file `name` with the content `data`; None if it can."""
    wide = _wide_encoding(data)
    if wide:
        return _saved_as(name, wide)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        happened = f"Python cannot read {name}: there is a NUL byte in line {line}, which no text has"
        hint = f"Write {name} again with an editor for text; as it is, it is no text file."
        return Unreadable(happened, hint, Place(name, line))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:  # an unknown encoding is declared, or the first two lines are not in the declared one
        if "unknown encoding" not in str(error) and "encoding problem" not in str(error):
            encoding = "utf-8"
        else:
            happened = f"Python cannot read {name}: the comment at its top declares an encoding that does not exist"
            hint = f"Leave the comment with `coding` out, and save {name} as UTF-8, which needs no such comment."
            return Unreadable(happened, hint, Place(name, 1, _line(data, 1)))
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return _not_in(name, data, error.start)
    return None


def _wide_encoding(data: bytes) -> str:
    """Whether each character takes two or four bytes: by the mark at the beginning, or since every other byte is 0."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    some = data[:_LOOKED_AT]
    most = max(some[0::2].count(0), some[1::2].count(0))
    return "UTF-16" if len(some) > 3 and most > 0.8 * len(some) / 2 else ""


def _saved_as(name: str, encoding: str) -> Unreadable:
    happened = f"Python cannot read {name}: it is saved as {encoding}, and Python reads UTF-8"
    return Unreadable(happened, _SAVE.format(file=name), Place(name, 1))


def _not_in(name: str, data: bytes, start: int) -> Unreadable:
    line = data[:start].count(b"\n") + 1
    letter = data[start : start + 1].decode("cp1252", "replace")
    looks_like = f", which is {letter!r} in the encoding of old Windows programs" if letter.isprintable() else ""
    happened = f"Python cannot read {name}: line {line} has the byte 0x{data[start]:02X}{looks_like} and is not UTF-8"
    return Unreadable(happened, _SAVE.format(file=name), Place(name, line, _line(data, line)))


def _line(data: bytes, number: int) -> str:
    lines = data.splitlines()
    return lines[number - 1].decode("utf-8", "backslashreplace").strip() if number <= len(lines) else ""
