"""A thread that wakes by the clock and only goes back to sleep: to say of it that it does nothing else needs its source.

The kernel tells in which call it sleeps, `idle_loops.py` what every loop that can be there does. Together they prove that the
thread does as little for ever as one in accept(), until somebody comes. It takes both: memory alone proves nothing, since at
two wake-ups a program that sleeps until the clock says 12 and one that sleeps for ever differ in the same few time stamps.
Linux only. Who waits for ever without waking is `stuck.py`'s.
"""

from __future__ import annotations

import os
import struct

from grader.sandbox.idle_loops import IdleLoops
from grader.sandbox.sockets import LISTEN, entries
from grader.sandbox.stuck import Sleep, call_of, with_target

_POLLFD = struct.Struct("@ihh")  # poll(2)
_POLLIN = 1
_FRAME = 64 * 1024  # bytes; an array nearer to the stack pointer lies on the stack


def ticking(pid: int, tid: int, loops: IdleLoops) -> Sleep | None:
    """The sleep of a thread in one of these loops; None for every other thread, and while it is awake."""
    call = call_of(pid, tid)
    if call is None:
        return None
    if loops.sleeps and call.name == "clock":
        return Sleep(pid, tid, "clock", None, "", call.switches, ticks=True)
    # A socket of Python's that has a timeout polls with an array on the stack; a selector has its array elsewhere.
    array, count = call.arguments[:2]
    if loops.serves and call.name == "poll" and count == 1 and abs(array - call.stack) > _FRAME:
        return _listening(Sleep(pid, tid, "serve_forever", _polled(pid, array), "", call.switches, ticks=True))
    return None


def _polled(pid: int, address: int) -> int | None:
    """The descriptor that the program polls for reading, or None if it is not that."""
    try:
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
        try:
            descriptor, events, _ = _POLLFD.unpack(os.pread(memory, _POLLFD.size, address))
        finally:
            os.close(memory)
    except (OSError, OverflowError, struct.error):
        return None
    return int(descriptor) if events == _POLLIN else None


def _listening(sleep: Sleep) -> Sleep | None:
    """The same with its target, if that is a listening TCP socket that no client waits at."""
    found = with_target(sleep) if sleep.descriptor is not None else None
    if found is None:
        return None
    is_there = any(found.target == f"socket:[{entry.inode}]" for entry in entries() if entry.state == LISTEN)
    return found if is_there else None
