"""Every way TCP may cut a message: one check tries them all and names the first that a program cannot read. No socket in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.errors import StudentFault
from grader.servers.faults import SplitAt

_BUFFER = 2048  # what many programs pass to recv()


def ways_to_cut(data: bytes) -> list[tuple[str, Sequence[SplitAt]]]:
    """Return (how it arrives, faults) for `data`: whole first, then every way of cutting that makes sense for it.

    Only `data` is cut: what is sent behind it goes out in one piece.
    """
    ways: list[tuple[str, Sequence[SplitAt]]] = [("whole", [])]
    line_end = data.find(b"\r\n")
    if line_end >= 0:
        ways.append(("cut between CR and LF", [SplitAt([line_end + 1])]))
    elif b"\n" in data[:-1]:
        ways.append(("cut behind a line end", [SplitAt([data.index(b"\n") + 1])]))
    letter = next((place for place, byte in enumerate(data) if byte & 0xC0 == 0x80), None)  # second byte of a UTF-8 letter
    if letter is not None:
        ways.append(("cut inside a letter of two bytes", [SplitAt([letter])]))
    if len(data) > _BUFFER:
        ways.append((f"cut at {_BUFFER} bytes", [SplitAt([_BUFFER])]))
    else:
        ways.append(("one byte at a time", [SplitAt(range(1, len(data)))]))
    return ways


def try_every_split(data: bytes, attempt: Callable[[Sequence[SplitAt]], None]) -> None:
    """Call `attempt(faults)` for every way to cut `data`; each sends it under these faults and raises when the program fails.

    The fault that gets out says which way was the first that the program could not read, and which it could.
    """
    worked: list[str] = []
    for how, faults in ways_to_cut(data):
        try:
            attempt(faults)
        except StudentFault as fault:
            if worked:
                fault.happened = f"it works when the data arrive {', '.join(worked)}; when they arrive {how}, {fault.happened}"
            raise
        worked.append(how)
