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
    sleep = _the_telling_one(sleeps)
    place = None
    if places:  # the main thread's comes first, when it is in the student's own code at all
        place = places[0] if _is_main(sleep) else places[-1]
    text = f"{name} {describe(sleep)}{_on_what(sleep, sockets, listening)}"
    if place is not None:
        text += f", at line {place.line} (`{place.source}`)"
    if sleep.call == "recv":
        text += ". This is the third outcome of recv: no data was sent, so recv waits"
    return Waiting(text, place)


def _the_telling_one(sleeps: Sequence[Sleep]) -> Sleep:
    """The main thread says most, unless it only waits for another thread."""
    main = next((sleep for sleep in sleeps if _is_main(sleep)), sleeps[0])
    others = [sleep for sleep in sleeps if sleep.call != "futex"]
    return others[0] if main.call == "futex" and others else main


def _is_main(sleep: Sleep) -> bool:
    return sleep.pid == sleep.tid


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
