"""Words for a program that waits for what can no longer happen: in which call, on which line, for whom.

Looks and decisions are in `grader.sandbox`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import Place
from grader.sandbox.sockets import LISTEN, SocketEntry
from grader.sandbox.stuck import Sleep, describe

# Of several sleeping threads, which one tells a student most: the one on a connection rather than the one that waits for it.
_TELLING = (
    "recv", "read", "readv", "send", "write", "writev", "accept", "pause", "wait", "poll", "select", "epoll_wait", "futex"
)  # fmt: skip
_WORDS = {
    "recv": r"\b(recv|read|makefile)| in ",
    "read": r"\b(input|read)|stdin",
    "send": r"\b(send|write)",
    "write": r"\b(print|write)",
    "accept": r"\b(accept|serve)",
    "futex": r"\b(join|acquire|wait|get|with)\b",
}

_SOCKET = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True)
class Waiting:
    """One program at a standstill."""

    sentence: str
    place: Place | None


def explain(name: str, sleeps: Sequence[Sleep], places: Sequence[Place], sockets: Sequence[SocketEntry]) -> Waiting | None:
    """Say what the program `name` waits for, or None if it has no sleeping thread.

    `places`: the lines where its threads are, the main thread's first.
    """
    if not sleeps:
        return None
    listening = {entry.local[1] for entry in sockets if entry.state == LISTEN}
    sleep = min(sleeps, key=lambda sleep: _TELLING.index(sleep.call))
    place = _line_of(sleep, places)
    text = f"{name} {describe(sleep)}{_on_what(sleep, sockets, listening)}"
    if place is not None:
        text += f", at line {place.line} (`{place.source}`)"
    if sleep.call == "recv":
        text += ". This is the third outcome of recv: no data was sent, so recv waits"
    return Waiting(text, place)


def _line_of(sleep: Sleep, places: Sequence[Place]) -> Place | None:
    """The line that goes with a sleeping thread. A stack dump does not number its threads as the kernel does, so words decide."""
    words = re.compile(_WORDS[sleep.call]) if sleep.call in _WORDS else None
    fitting = [place for place in places if words is not None and words.search(place.source)]
    if fitting:
        return fitting[0]
    if not places:
        return None
    return places[0] if sleep.pid == sleep.tid else places[-1]


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
