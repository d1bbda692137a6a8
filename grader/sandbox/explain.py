"""What a traceback or a stack dump says: the student's own line, in plain words. Text in, values out; no process in here."""

from __future__ import annotations

import functools
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from grader.errors import Cause, Crashed, Place
from grader.sandbox.source_text import Unreadable, find_unreadable, gave_up
from grader.sandbox.tracebacks import FRAME, MARK, whole_traceback

_ERROR = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$")
_LOOP = re.compile(r"\s*(?:async\s+)?(?:while|for)\b")
_DEF = re.compile(r"\s*(?:async\s+)?def\s+(\w+)")
_DEEPEST = 100
"""Frames of a stack that are looked at."""


@dataclass(frozen=True)
class Crash:
    """The last traceback of a program: exception type, its text, and the innermost line of the student's own code."""

    type: str
    text: str
    place: Place | None
    unreadable: Unreadable | None = None
    """Python could not even read one of the files."""
    traceback: str = ""
    """All of it, for the student's page."""

    def sentence(self) -> str:
        """For example: the program crashed with ValueError: no such month."""
        if self.unreadable:
            return self.unreadable.happened
        return f"the program crashed with {self.type}" + (f": {self.text}" if self.text else "")

    def fault(self, did: str, expected: str) -> Crashed:
        """The fault to raise for it."""
        if self.unreadable:
            return self.unreadable.fault(did, expected)
        cause = cause_of_exception(self.type, self.text, self.place)
        fault = Crashed(self.sentence(), did=did, expected=expected, place=self.place, cause=cause)
        fault.traceback = self.traceback
        return fault


def cause_of_exception(type_: str, text: str, place: Place | None) -> Cause:
    """The cause for an exception of the class `type_`, with or without its module's name."""
    return Cause(type_.rpartition(".")[2], f"{place.file}:{place.line}" if place else "", text)


def find_crash(text: str, sources: Mapping[str, bytes]) -> Crash | None:
    """Return the last traceback in `text`, or None. `sources` are the student's files by name."""
    before, last = _last_error(text)
    unreadable = find_unreadable(last, before, sources)
    if unreadable:
        return Crash("SyntaxError", "", unreadable.place, unreadable)
    begin = max(text.rfind(MARK), _syntax_error_start(text))
    if begin < 0:
        return None
    place: Place | None = None
    whole = whole_traceback(text, begin, sources)
    for line in text[begin:].splitlines():
        frame = FRAME.match(line)
        if frame:
            place = _place(frame["file"], int(frame["line"]), sources) or place
            continue
        error = _ERROR.match(line)
        if error and not line.startswith(MARK):
            return Crash(error["type"], (error["text"] or "").strip(), place, traceback=whole)
    return Crash("an exception", "", place, traceback=whole)


def has_traceback(text: str) -> bool:
    return MARK in text or _syntax_error_start(text) >= 0 or gave_up(_last_error(text)[1])


def _last_error(text: str) -> tuple[str, str]:
    """The last line, and what belongs to it before. A file that Python cannot decode is told in one line, without "Traceback"."""
    before, _, last = text.rstrip().rpartition("\n")
    return before[max(before.rfind(MARK), 0) :], last


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
        frame = FRAME.match(line)
        place = _place(frame["file"], int(frame["line"]), sources) if frame and not found else None
        if place:
            found = True
            places.append((current, place))
    return [place for _, place in sorted(places, key=lambda item: not item[0])]


def current_frames(stacks: str, sources: Mapping[str, bytes]) -> list[Place]:
    """Return the lines of the student's code on the stack of the current thread of such a dump, the innermost first."""
    _, _, current = stacks.partition("Current thread ")
    frames = (FRAME.match(line) for line in current.partition("\nThread ")[0].splitlines()[:_DEEPEST])
    found = (_place(frame["file"], int(frame["line"]), sources) for frame in frames if frame)
    return [place for place in found if place]


def _place(path: str, line: int, sources: Mapping[str, bytes]) -> Place | None:
    for name, data in sources.items():
        if path == name or path.endswith("/" + name):
            lines = _lines(data)
            return Place(name, line, lines[line - 1].strip() if 0 < line <= len(lines) else "")
    return None


@functools.lru_cache(maxsize=16)  # a program may print any number of frames
def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "backslashreplace").splitlines()


def loop_around(place: Place, sources: Mapping[str, bytes]) -> tuple[int, str]:
    """The loop that goes on for ever at this line, by its indentation: the number of its first line, and its text.

    A `for` in a `while` comes to its end. Without a loop it is 0, and the line itself.
    """
    lines = _lines(sources.get(place.file, b""))
    if not 0 < place.line <= len(lines):
        return 0, place.source
    heads: list[int] = []
    deep = _indentation(lines[place.line - 1]) + 1
    for number in range(place.line, 0, -1):
        line = lines[number - 1]
        if line.strip() and _indentation(line) < deep:
            deep = _indentation(line)
            if _LOOP.match(line):
                heads.append(number)
    head = next((number for number in heads if "while" in lines[number - 1]), heads[0] if heads else 0)
    if not head:
        return 0, lines[place.line - 1]
    return head, "\n".join([lines[head - 1], *_below(lines, head - 1)])


def with_called(text: str, source: bytes) -> str:
    """A part of a program, and behind it the functions of the same file that it calls."""
    lines, found = _lines(source), [text]
    for number, line in enumerate(lines):
        named = _DEF.match(line)
        if named and f"{named[1]}(" in text:
            found += _below(lines, number)
    return "\n".join(found)


def _below(lines: Sequence[str], number: int) -> Iterator[str]:
    """The lines that belong to line `number`, counted from 0: those behind it with a deeper indentation."""
    deep = _indentation(lines[number])
    return takewhile(lambda line: not line.strip() or _indentation(line) > deep, lines[number + 1 :])


def _indentation(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())


def signal_words(exit_code: int) -> str:
    """Words for an exit code: "ended with exit code 1", "was ended by the signal SIGSEGV"."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = str(-exit_code)
    return f"was ended by the signal {name}"
