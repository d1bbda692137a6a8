"""Words for a program that waits for what can no longer happen: in which call, on which line, for whom.

Looks and decisions are in `grader.sandbox`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import Cause, Place
from grader.sandbox.sockets import LISTEN, SocketEntry
from grader.sandbox.stuck import Sleep, describe, reads_keyboard

# Of several sleeping threads, which one tells a student most. One that cannot send is at fault before one that rightly waits for
# data; the one on a connection is told rather than the one that waits for it.
_TELLING = (
    "send", "write", "writev", "recv", "read", "readv", "accept", "serve_forever", "pause", "wait", "poll", "select",
    "epoll_wait", "futex", "clock",
)  # fmt: skip

OWN_CODE = "your code"
"""Name of a program of ours that calls a function of the student's."""
_SOCKET = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True)
class Waiting:
    """One program at a standstill."""

    sentence: str
    place: Place | None
    cause: Cause | None = None


def telling(sleeps: Sequence[Sleep]) -> Sleep | None:
    """The sleeping thread to tell about, or None if there is none."""
    return min(sleeps, key=lambda sleep: _TELLING.index(sleep.call), default=None)


def explain(name: str, sleep: Sleep, place: Place | None, sockets: Sequence[SocketEntry]) -> Waiting:
    """Say what the program `name` waits for: its thread `sleep`, at the line `place`."""
    listening = {entry.local[1] for entry in sockets if entry.state == LISTEN}
    who = "Your code" if name == OWN_CODE else name  # the beginning of a sentence; a file's name stays as it is
    text = f"{who} {describe(sleep)}{_on_what(sleep, sockets, listening)}"
    if place is not None:
        text += f", at line {place.line} (`{place.source}`)"
    if sleep.call == "recv":
        text += ". This is the third outcome of recv: no data was sent, so recv waits"
    kind = _kind(sleep, place)
    return Waiting(text, place, Cause(kind, f"{place.file}:{place.line}" if place else name) if kind else None)


def _kind(sleep: Sleep, place: Place | None) -> str:
    """The kind of cause; empty for a wait that may well be right, as for a client."""
    if sleep.call in ("send", "write", "writev") and sleep.target.startswith("socket:"):
        return "stuck in sendall"
    if reads_keyboard(sleep, terminal=False):
        return "stuck in input"
    if sleep.call in ("recv", "read") and sleep.target.startswith("socket:"):
        return "stuck in recv"
    if sleep.call == "clock" and place and "sleep(" in place.source:
        return "only sleeps"
    if sleep.call == "futex" and place:
        waits = {".join(": "stuck in join", "acquire(": "stuck at a lock", "with ": "stuck at a lock"}
        return next((kind for words, kind in waits.items() if words in place.source), "")
    return ""


def _on_what(sleep: Sleep, sockets: Iterable[SocketEntry], listening: set[int]) -> str:
    """Which connection: the well-known end of it is the one a student knows."""
    found = _SOCKET.match(sleep.target)
    if not found:
        return ""
    entry = next((entry for entry in sockets if entry.inode == int(found[1])), None)
    if entry is None:
        return ""
    if entry.state == LISTEN:
        return f" on port {entry.local[1]}"
    if entry.local[1] in listening:
        return f" from a client of port {entry.local[1]}"
    return f" from the server on port {entry.remote[1]}"
