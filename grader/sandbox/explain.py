"""What a traceback or a stack dump says: the student's own line, in plain words. Text in, values out; no process in here."""

from __future__ import annotations

import functools
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import Crashed, Place
from grader.sandbox.source_text import Unreadable, find_unreadable, gave_up

_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:,? in (?P<function>\S+))?\s*$')
_ERROR = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$")
_MARK = "Traceback (most recent call last):"


@dataclass(frozen=True)
class Crash:
    """The last traceback of a program: exception type, its text, and the innermost line of the student's own code."""

    type: str
    text: str
    place: Place | None
    unreadable: Unreadable | None = None
    """Python could not even read one of the files."""

    def sentence(self) -> str:
        """For example: the program crashed with ValueError: no such month."""
        if self.unreadable:
            return self.unreadable.happened
        return f"the program crashed with {self.type}" + (f": {self.text}" if self.text else "")

    def fault(self, did: str, expected: str) -> Crashed:
        """The fault to raise for it, with a hint of its own where that helps more than the check's."""
        if self.unreadable:
            return self.unreadable.fault(did, expected)
        return Crashed(self.sentence(), did=did, expected=expected, hint=hint_for(self.type, self.place), place=self.place)


def hint_for(type_: str, place: Place | None) -> str:
    """A hint for an exception that has nothing to do with what the check is about; "" for every other exception."""
    if type_ in ("SyntaxError", "IndentationError", "TabError"):
        where = f"line {place.line} of {place.file}" if place else "this line"
        return f"Python cannot read the program: correct {where} first, or the line before it. Until then every check fails here."
    if type_ == "ModuleNotFoundError":
        return "Python finds no module of that name. Is it spelt right? Use only Python's own modules and your own files."
    return ""


def find_crash(text: str, sources: Mapping[str, bytes]) -> Crash | None:
    """Return the last traceback in `text`, or None. `sources` are the student's files by name."""
    before, last = _last_error(text)
    unreadable = find_unreadable(last, before, sources)
    if unreadable:
        return Crash("SyntaxError", "", unreadable.place, unreadable)
    begin = max(text.rfind(_MARK), _syntax_error_start(text))
    if begin < 0:
        return None
    place: Place | None = None
    for line in text[begin:].splitlines():
        frame = _FRAME.match(line)
        if frame:
            place = _place(frame["file"], int(frame["line"]), sources) or place
            continue
        error = _ERROR.match(line)
        if error and not line.startswith(_MARK):
            return Crash(error["type"], (error["text"] or "").strip(), place)
    return Crash("an exception", "", place)


def has_traceback(text: str) -> bool:
    return _MARK in text or _syntax_error_start(text) >= 0 or gave_up(_last_error(text)[1])


def _last_error(text: str) -> tuple[str, str]:
    """The last line, and what belongs to it before. A file that Python cannot decode is told in one line, without "Traceback"."""
    before, _, last = text.rstrip().rpartition("\n")
    return before[max(before.rfind(_MARK), 0) :], last


def _syntax_error_start(text: str) -> int:
    """A SyntaxError of the program itself comes without the word Traceback."""
    found = re.search(r'^  File "[^"]+", line \d+\n(?:.*\n){0,4}(?:SyntaxError|IndentationError|TabError): ', text, re.MULTILINE)
    return found.start() if found else -1


def find_waiting_places(stacks: str, sources: Mapping[str, bytes]) -> list[Place]:
    """Return, for each thread of a `faulthandler` dump, the innermost line of the student's code; the current thread first."""
    places: list[tuple[bool, Place]] = []
    current, found = False, False
    for line in stacks.splitlines():
        if line.startswith(("Thread ", "Current thread ")):
            current, found = line.startswith("Current"), False
            continue
        frame = _FRAME.match(line)
        place = _place(frame["file"], int(frame["line"]), sources) if frame and not found else None
        if place:
            found = True
            places.append((current, place))
    return [place for _, place in sorted(places, key=lambda item: not item[0])]


def _place(path: str, line: int, sources: Mapping[str, bytes]) -> Place | None:
    for name, data in sources.items():
        if path == name or path.endswith("/" + name):
            lines = _lines(data)
            return Place(name, line, lines[line - 1].strip() if 0 < line <= len(lines) else "")
    return None


@functools.lru_cache(maxsize=16)  # a program may print any number of frames
def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "backslashreplace").splitlines()


def signal_words(exit_code: int) -> str:
    """Words for an exit code: "ended with exit code 1", "was ended by the signal SIGSEGV"."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = str(-exit_code)
    return f"was ended by the signal {name}"
