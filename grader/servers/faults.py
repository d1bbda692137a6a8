"""What can go wrong on a wire, as small values that combine, and the one coroutine that sends bytes under them.

Faults are `faults=[Split(1), CloseEarly(after=20)]` in a check. Who sends, and what, is not in here.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from grader.servers.connection import Connection


@dataclass(frozen=True)
class Split:
    """Pieces of `size` bytes, each sent only after the receiver has read the one before."""

    size: int


@dataclass(frozen=True)
class SplitAt:
    """Pieces that end at these offsets (in bytes), each sent only after the receiver has read the one before."""

    positions: Sequence[int]


@dataclass(frozen=True)
class Delay:
    """Nothing for `seconds`, then the bytes."""

    seconds: float


@dataclass(frozen=True)
class CloseEarly:
    """`after` bytes, then the connection is closed."""

    after: int = 0


@dataclass(frozen=True)
class Reset:
    """`after` bytes, then the connection is broken off (TCP RST)."""

    after: int = 0


@dataclass(frozen=True)
class Silent:
    """Not one byte; the connection stays open."""


@dataclass(frozen=True)
class Garbage:
    """`size` random bytes instead of the right ones."""

    size: int = 40


Fault = Split | SplitAt | Delay | CloseEarly | Reset | Silent | Garbage


class End(Enum):
    """How a fault ends a stream."""

    CLOSE = "close"
    RESET = "reset"


@dataclass(frozen=True)
class Script:
    """Faults made ready for one stream of bytes; everything random is already drawn, so it can be played again."""

    size: int = 0
    cuts: frozenset[int] = frozenset()
    delay: float = 0.0
    silent: bool = False
    garbage: bytes | None = None
    ends: tuple[tuple[int, End], ...] = field(default=())

    @property
    def splits(self) -> bool:
        """Whether the receiver must have read one piece before it gets the next."""
        return bool(self.size or self.cuts)

    def pieces(self, data: bytes, offset: int = 0) -> list[bytes]:
        """The pieces that really go out for `data`, of which the first byte is byte `offset` of the stream."""
        if self.garbage is not None:
            data = b"" if offset else self.garbage
        if self.silent:
            data = b""
        if self.ends:
            data = data[: max(0, self.ends[0][0] - offset)]
        cuts = {cut - offset for cut in self.cuts}
        if self.size:
            cuts.update(range(self.size, len(data), self.size))
        edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(data)), len(data)]
        return [data[start:stop] for start, stop in itertools.pairwise(edges) if start < stop]

    def end_at(self, offset: int) -> End | None:
        """How the stream ends once `offset` bytes are out; None if it goes on."""
        if self.ends and offset >= self.ends[0][0]:
            return self.ends[0][1]
        return None


def script(faults: Sequence[Fault], rng: random.Random) -> Script:
    """Put `faults` together. Of several early ends the first one counts; of two of any other kind the later one."""
    size, delay, silent = 0, 0.0, False
    cuts: frozenset[int] = frozenset()
    garbage: bytes | None = None
    ends: list[tuple[int, End]] = []
    for fault in faults:
        match fault:
            case Split(size):
                if size < 1:
                    raise ValueError("Split needs pieces of at least 1 byte")
            case SplitAt(positions):
                cuts = frozenset(positions)
            case Delay(delay):
                pass
            case Silent():
                silent = True
            case Garbage(count):
                garbage = rng.randbytes(count)
            case CloseEarly(after):
                ends.append((after, End.CLOSE))
            case Reset(after):
                ends.append((after, End.RESET))
            case _:
                raise TypeError(f"not a fault: {fault!r}")
    return Script(size, cuts, delay, silent, garbage, tuple(sorted(ends, key=lambda end: end[0])))


async def send_under(connection: Connection, plan: Script, data: bytes, offset: int = 0, *, patience: float) -> End | None:
    """Send `data` as `plan` has it and return how the stream ended by a fault, if it did; the caller then ends it so.

    For pieces the receiver gets at most `patience` seconds in all to read; after that the rest goes out without waiting.
    """
    if plan.delay:
        await connection.delay(plan.delay)
    pieces = plan.pieces(data, offset)
    deadline = asyncio.get_running_loop().time() + patience
    async with connection.sending:
        if len(pieces) > 1:
            connection.note(f"sent in {len(pieces)} pieces", b"".join(pieces))
        elif pieces:
            connection.note("sent", pieces[0])
        for piece in pieces:
            if plan.splits:
                await connection.wait_until_read(deadline)
            if not await connection.send_piece(piece):
                return None
        end = plan.end_at(offset + sum(map(len, pieces)))
        if end is End.RESET and pieces:
            await connection.wait_until_read(deadline)
    return end
