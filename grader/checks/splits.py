"""Every way TCP may cut data and glue messages: one check tries them all and names the first that a program cannot read.

No socket in here: who sends, and to whom, is the check's. A cut counts only when the receiver has seen it, which is why every way
is a `SplitAt`: its next piece goes out when the one before has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from grader.errors import StudentFault
from grader.servers.faults import SplitAt

_BUFFER = 2048  # what many programs pass to recv()
_BYTE_BY_BYTE = 200  # bytes; after so many the rest of longer data comes in one piece

Way = tuple[str, Sequence[SplitAt]]
"""How the data arrive, as a clause that follows "when", and the faults under which they do."""


def ways_to_split(*messages: bytes) -> list[Way]:
    """Return every way that makes sense for `messages`, which the check sends as one stream, the kindest way first.

    One message arrives whole at first; several arrive one by one, then glued together. Then the stream is cut where it hurts:
    in a line end, in a letter, at the size of a buffer, everywhere. What is sent behind the stream goes out in one piece.
    """
    data = b"".join(messages)
    return _ways_to_glue(list(accumulate(map(len, messages)))) + _ways_to_cut(data)


def _ways_to_glue(ends: Sequence[int]) -> list[Way]:
    """`ends`: where each message ends in the stream."""
    if len(ends) == 1:
        return [("the data arrive whole", [])]
    ways: list[Way] = [("each message arrives alone", [SplitAt(ends)]), ("two messages arrive together", [SplitAt(ends[1::2])])]
    if len(ends) > 2:
        ways.append(("all messages arrive together", []))
    middle_of_last = (ends[-2] + ends[-1]) // 2
    ways.append(("a message arrives together with a part of the next one", [SplitAt([*ends[:-2], middle_of_last])]))
    return ways


def _ways_to_cut(data: bytes) -> list[Way]:
    ways: list[Way] = []
    cr, first_lf, last_lf = data.find(b"\r\n"), data.find(b"\n"), data.rfind(b"\n")
    if cr >= 0:
        ways.append(("the data arrive cut between CR and LF", [SplitAt([cr + 1])]))
    else:
        if 0 <= first_lf < len(data) - 1:
            ways.append(("the data arrive cut behind a line end", [SplitAt([first_lf + 1])]))
        if last_lf > 0:
            ways.append(("the data arrive cut in front of a line end", [SplitAt([last_lf])]))
    letter = next((place for place, byte in enumerate(data) if byte & 0xC0 == 0x80), None)  # second byte of a UTF-8 letter
    if letter is not None:
        ways.append(("the data arrive cut inside a letter that has several bytes", [SplitAt([letter])]))
    if len(data) > _BUFFER:
        ways.append((f"the data arrive cut at {_BUFFER:,} bytes", [SplitAt([_BUFFER])]))
    ways.append(("the data arrive one byte at a time", [SplitAt(range(1, min(len(data), _BYTE_BY_BYTE + 1)))]))
    return ways


def try_every_split(data: bytes | Sequence[bytes], attempt: Callable[[Sequence[SplitAt]], None]) -> None:
    """Call `attempt(faults)` for each way to split `data`, a message or several of them that are sent as one stream.

    `attempt` sends all of it at once under these faults, on the connection of the attempt before if the protocol has it so, and
    raises when the program fails. The fault that gets out says which way was the first that the program could not read, and
    that it could read the kindest one.
    """
    messages = [data] if isinstance(data, bytes) else data
    ways = ways_to_split(*messages)
    for number, (how, faults) in enumerate(ways):
        try:
            attempt(faults)
        except StudentFault as fault:
            if number:
                fault.condition = f"it works when {ways[0][0]}; when {how}, "
                fault.happened = fault.condition + fault.happened
            raise
