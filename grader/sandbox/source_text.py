"""Why Python cannot read a student's file as text: its encoding, told with the line and the cure. Bytes in, values out.

Source: the Python Language Reference, 2.1.4 "Encoding declarations", and PEP 263. Mistakes of grammar are not in here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import Cause, Crashed, Place

_MARKS = (  # the longer mark first: that of UTF-32 begins as that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_GAVE_UP = re.compile(
    r"(?:SyntaxError|ValueError): (?:Non-UTF-8 code starting with|encoding problem: |unknown encoding: |\(unicode error\)|"
    r"source code (?:string )?cannot contain null bytes|decoding with|'[\w-]+' (?:codec can't decode|is not a text encoding))"
)
"""What Python 3.11 to 3.14 say of a file that they cannot decode."""
_DECLARED = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_FOR_TEXT = re.compile(r"utf-8(-sig)?|ascii|(cp|iso|koi|mac|gb|big5|shift|euc|hz|johab|kz|tis|ptcp)[-_\w]*")
"""Names that codecs.lookup() gives to encodings a source may be in. Others turn bytes into bytes, or are not for source files."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LOOKED_AT = 4096  # bytes or characters; a hostile program may have written more
_SAVE = (
    "Save {file} as UTF-8: in VS Code click on the encoding in the status bar and choose Save with Encoding; in Notepad, "
    "Save as, with the encoding UTF-8. Other editors have it in their settings, too."
)
_LEAVE_OUT = "Leave the comment with `coding` out of {file}, and save it as UTF-8, which needs no such comment."


@dataclass(frozen=True)
class Unreadable:
    """A file that Python cannot read. `happened` follows "What happened:"."""

    happened: str
    hint: str
    place: Place

    def fault(self, did: str, expected: str) -> Crashed:
        """The fault to raise for it."""
        cause = Cause("unreadable", f"{self.place.file}:{self.place.line}")
        return Crashed(self.happened, did=did, expected=expected, hint=self.hint, place=self.place, cause=cause)


def find_unreadable(error: str, context: str, sources: Mapping[str, bytes]) -> Unreadable | None:
    """Return the file of the student's that made Python give up, if `error`, "SyntaxError: …", is of that kind.

    `context` is what Python wrote before it: a file counts if it is named there or in `error`, for others may lie beside it that
    nobody has asked for. `sources` are the student's files by name.
    """
    if not gave_up(error):
        return None
    programs = [name for name in sources if name.endswith(".py")]
    told = f"{context[-_LOOKED_AT:]}\n{error[:_LOOKED_AT]}"
    named = [name for name in programs if name in told] + [name for name in programs if _imports(name, told)]
    if "encoding problem: " in error and not named:  # Python does not say of which file, so it is the program itself
        named = [name for name in programs if _declaration(sources[name])]
    return next((found for name in named if (found := why_unreadable(name, sources[name]))), None)


def gave_up(error: str) -> bool:
    """Whether a line such as "SyntaxError: …" is Python's word on a file that it cannot decode."""
    return _GAVE_UP.match(error) is not None


def _imports(name: str, told: str) -> bool:
    module = name.removesuffix(".py").rpartition("/")[2]
    return re.search(rf"\b(?:import|from)\b.*\b{re.escape(module)}\b", told) is not None


def why_unreadable(name: str, data: bytes) -> Unreadable | None:
    """Say why Python cannot decode the file `name` with the content `data`; None if it can."""
    wide = _wide_encoding(data)
    if wide:
        happened = f"Python cannot read {name}: it is saved as {wide}, and Python reads UTF-8"
        return Unreadable(happened, _SAVE.format(file=name), Place(name, 1))
    if b"\0" in data:
        line = _line_at(data, data.index(b"\0"))
        happened = f"Python cannot read {name}: there is a NUL byte in line {line}, which no text has"
        hint = f"Write {name} again with an editor for text; as it is, it is no text file."
        return Unreadable(happened, hint, Place(name, line))
    declared = _declaration(data)
    if declared and (wrong := _wrong_declaration(*declared, data)):
        happened = f"Python cannot read {name}: the comment in line {declared[0]} says that {wrong}"
        return Unreadable(happened, _LEAVE_OUT.format(file=name), Place(name, declared[0], _line(data, declared[0])))
    try:
        data.decode(declared[1] if declared else "utf-8")
    except UnicodeError:
        return _not_utf_8(name, data)
    return None


def _declaration(data: bytes) -> tuple[int, str] | None:
    """Line and name of the encoding that a comment in one of the first two lines declares (PEP 263)."""
    for number, line in enumerate(_LINE_END.split(data[:_LOOKED_AT])[:2], start=1):
        found = _DECLARED.match(line.removeprefix(codecs.BOM_UTF8))
        if found:
            return number, found[1].decode("ascii", "replace")
    return None


def _wrong_declaration(line: int, encoding: str, data: bytes) -> str:
    """What is wrong with the declared encoding, or nothing; `encoding` is the student's word for it."""
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return f"the encoding is {encoding}, and there is none of that name"
    if not _FOR_TEXT.fullmatch(known):
        return f"the encoding is {encoding}, in which no source may be"
    if data.startswith(codecs.BOM_UTF8) and not known.startswith("utf-8"):
        return f"the encoding is {encoding}, but the file begins with the mark of UTF-8"
    if not known.startswith("utf-8") and _is(known, data) is False and _is("utf-8", data):
        return f"the encoding is {encoding}, but the file is in UTF-8"
    return ""


def _is(encoding: str, data: bytes) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _wide_encoding(data: bytes) -> str:
    """Whether each character takes two or four bytes: by the mark at the beginning, or since most bytes of the others are 0."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    some = data[:_LOOKED_AT]
    if len(some) < 4:
        return ""
    if some.count(0) > 0.7 * len(some):
        return "UTF-32"
    most = max(some[0::2].count(0), some[1::2].count(0))
    return "UTF-16" if most > 0.8 * len(some) / 2 else ""


def _not_utf_8(name: str, data: bytes) -> Unreadable:
    try:
        data.decode("utf-8")
        start = 0
    except UnicodeDecodeError as error:
        start = error.start
    line = _line_at(data, start)
    letter = data[start : start + 1].decode("cp1252", "replace")
    looks_like = f", which is {letter!r} in the encoding of old Windows programs" if letter.isprintable() else ""
    happened = f"Python cannot read {name}: line {line} has the byte 0x{data[start]:02X}{looks_like} and is not UTF-8"
    return Unreadable(happened, _SAVE.format(file=name), Place(name, line, _line(data, line)))


def _line_at(data: bytes, offset: int) -> int:
    return len(_LINE_END.findall(data[:offset])) + 1


def _line(data: bytes, number: int) -> str:
    lines = data.splitlines()
    return lines[number - 1].decode("utf-8", "backslashreplace").strip() if number <= len(lines) else ""
