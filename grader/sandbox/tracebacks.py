"""The last traceback in a program's output, whole, as the student's page shows it. What it says in plain words: `explain`.

Text in, text out. It is cut to a size, and names no folder of this machine: files of the student's stand there by their names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

MARK = "Traceback (most recent call last):"
FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:,? in (?P<function>\S+))?\s*$')
_CHAINS = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_LONGEST_CHAIN = 10
_LINES = 25
"""So many lines at the beginning and at the end are kept."""
_LINE = 300
"""Characters of a line."""


def whole_traceback(text: str, begin: int, names: Collection[str]) -> str:
    """The traceback that begins at `begin`, with those that led to it. `names` are the student's files."""
    lines = _from_own_code(_lines_of(text, _first_of_chain(text, begin), begin), names)
    if len(lines) > 2 * _LINES:
        lines[_LINES:-_LINES] = [f"… {len(lines) - 2 * _LINES:,} lines left out"]
    folders = {path.removesuffix(name) for path, name in _own_paths(lines, names)}
    shown = [_without(folders, _shortened(line, names)) for line in lines]
    return "\n".join(line if len(line) <= _LINE else f"{line[:_LINE]} …" for line in shown)


def _first_of_chain(text: str, begin: int) -> int:
    """Where the first traceback begins that led to the one at `begin`, or the line before it that names a thread."""
    for _ in range(_LONGEST_CHAIN):
        before = text[max(0, begin - 200) : begin].rstrip()
        earlier = text.rfind(MARK, 0, begin) if before.endswith(_CHAINS) else -1
        if earlier < 0:
            break
        begin = earlier
    start = text.rfind("\n", 0, max(0, begin - 1)) + 1
    return start if text.startswith("Exception in thread", start) else begin


def _lines_of(text: str, start: int, begin: int) -> Iterator[str]:
    """The lines from `start` to the one that names the exception of the last traceback, which begins at `begin`."""
    at = start
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].rstrip("\r")
        yield line
        is_error = line.strip() and not line.startswith((" ", MARK, "Exception in thread"))
        if at >= begin and is_error:
            return
        at = end + 1


def _own_paths(lines: list[str], names: Collection[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        frame = FRAME.match(line)
        name = _own_name(frame["file"], names) if frame else ""
        if frame and name:
            yield frame["file"], name


def _own_name(path: str, names: Collection[str]) -> str:
    return next((name for name in names if path == name or path.endswith("/" + name)), "")


def _from_own_code(lines: Iterable[str], names: Collection[str]) -> list[str]:
    """The lines without the frames in front of the student's first: whoever called the student's code is none of it."""
    kept: list[str] = []
    waiting: list[str] | None = None
    for line in lines:
        frame = FRAME.match(line)
        if line.startswith(MARK):
            kept += waiting or []
            kept.append(line)
            waiting = []
        elif waiting is not None and frame and _own_name(frame["file"], names):
            kept.append(line)
            waiting = None
        elif waiting is not None and line.startswith(" "):
            waiting.append(line)
        else:
            kept += waiting or []
            kept.append(line)
            waiting = None
    return kept + (waiting or [])


def _shortened(line: str, names: Collection[str]) -> str:
    frame = FRAME.match(line)
    if not frame:
        return line
    path = frame["file"]
    return line.replace(path, _own_name(path, names) or f"…/{path.rpartition('/')[2]}" if "/" in path else path, 1)


def _without(folders: Collection[str], line: str) -> str:
    for folder in folders:
        if len(folder) > 1:
            line = line.replace(folder, "")
    return line
