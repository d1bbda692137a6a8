"""One TCP connection on the event loop, for a fake server and for a scripted client alike. No protocol and no faults in here."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import struct
from collections.abc import Callable
from functools import partial

from grader.events.transcript import Transcript
from grader.sandbox.sockets import ARRIVED_UNKNOWN, Address, Receiver, have_table, receiver

_CHUNK = 64 * 1024
_BLIND_PAUSE = 0.02
_FIRST_LOOK, _LONGEST_LOOK = 0.0002, 0.01
"""Seconds between two looks at the receiver's queue: the kernel wakes nobody when another program reads."""


class Connection:
    """Methods run on the event loop; the attributes and properties may be read from any thread.

    `half_closed`: the other side has sent its end (it closed, or it half-closed). `was_reset`: the other side broke off.
    `closed`: this side has closed. `overflowed`: more came than the check takes in, so reading has ended. `taken`: bytes of
    `received` that a check has already taken notice of.
    """

    def __init__(self, sock: socket.socket, there: Address, transcript: Transcript, who: str) -> None:
        """`there` is the address of the other side: the socket itself no longer knows it when that side is already gone."""
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.half_closed = False
        self.was_reset = False
        self.closed = False
        self.overflowed = False
        self.taken = 0
        self.sending = asyncio.Lock()
        self._socket = sock
        self._here: Address = sock.getsockname()[:2]
        self._there: Address = there
        self._transcript = transcript
        self._who = who
        self._received = bytearray()
        self._sent = bytearray()
        self._reader: asyncio.Task[None] | None = None
        self._said_end = False
        self._news = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()

    @property
    def received(self) -> bytes:
        """Everything that ever came."""
        return bytes(self._received)

    @property
    def received_size(self) -> int:
        return len(self._received)

    @property
    def sent(self) -> bytes:
        """Everything that really went out."""
        return bytes(self._sent)

    @property
    def sent_size(self) -> int:
        return len(self._sent)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be received."""
        return self.half_closed or self.was_reset or self.closed or self.overflowed

    def received_from(self, start: int, stop: int | None = None) -> bytes:
        return bytes(self._received[start:stop])

    def find(self, separator: bytes, start: int) -> int:
        """Offset of `separator` in what was received, at or after `start`; -1 if it is not there."""
        return self._received.find(separator, start)

    def note(self, what: str, data: bytes = b"", take: Callable[[], bool] | None = None) -> None:
        """Add a line to the transcript in the name of this side; `take` as in `Transcript.record`."""
        self._transcript.record(self._who, what, data, take)

    def start_reading(self) -> None:
        """Read in the background from now on, until the other side ends or this side closes."""
        self._reader = asyncio.create_task(self._read())

    async def wait_for_more(self, seen: int) -> bool:
        """Wait until more than `seen` bytes have come; False if the stream ended instead. One waiter at a time."""
        while len(self._received) <= seen:
            if self.is_over:
                return False
            self._news.clear()
            await self._news.wait()
        return True

    async def wait_for_end(self) -> None:
        """Wait until nothing more will be received."""
        while await self.wait_for_more(len(self._received)):
            pass

    async def send_piece(self, data: bytes) -> bool:
        """Send `data`; False if the other side is gone. The caller holds `sending`."""
        loop = asyncio.get_running_loop()
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK]
            if self.closed:
                return False
            try:
                await loop.sock_sendall(self._socket, chunk)
            except ConnectionError:  # whether something came before the other side left is for the reader to see
                self.note("could not send: the other side is gone")
                return False
            self._sent += chunk
        return True

    async def delay(self, seconds: float) -> None:
        """Do nothing for so long."""
        self.note(f"waits {seconds:g} seconds")
        self._transcript.delays += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._transcript.delays -= 1

    async def wait_until_read(self, deadline: float) -> None:
        """Wait until the other side has read everything sent, or is gone, or the loop's clock shows `deadline`.

        Where the machine does not show its sockets, a short pause has to do.
        """
        if not have_table():
            await asyncio.sleep(_BLIND_PAUSE)
            return
        loop = asyncio.get_running_loop()
        pause = _FIRST_LOOK
        held_up = False
        try:
            while loop.time() < deadline and not self._was_read(there := receiver(self._there, self._here)):
                if there is not None and there.unread and not held_up:
                    held_up = True
                    self._transcript.held_up += 1
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_LOOK)
        finally:
            self._transcript.held_up -= held_up

    def _was_read(self, there: Receiver | None) -> bool:
        if there is None:
            return True
        return there.unread == 0 and (there.arrived == ARRIVED_UNKNOWN or there.arrived >= len(self._sent))

    def has_unread(self) -> bool:
        """Whether the kernel holds something (bytes, an end, a reset) that is about to be taken in."""
        if self.is_over or not self._may_read.is_set():
            return False
        return is_readable(self._socket)

    def stall(self) -> None:
        """Stop reading; what is sent to this side piles up in the kernel, then in the sender."""
        self._may_read.clear()
        self.note("stopped reading")

    def unstall(self) -> None:
        self._may_read.set()
        self.note("reads again")

    def half_close(self, what: str = "half-closed") -> None:
        """Send this side's end (FIN); reading goes on. `what` is the word for it in the transcript."""
        if not self._said_end:
            self._said_end = True
            self.note(what)
            with contextlib.suppress(OSError):  # the other side may be gone already
                self._socket.shutdown(socket.SHUT_WR)

    async def finish(self) -> None:
        """Close as a good server does: send the end, read until the other side has closed too, then let go.

        Closing with bytes unread would be a reset (RFC 1122, 4.2.2.13), and a reset can destroy what is still on its way.
        """
        self.half_close("closed")
        await self.wait_for_end()
        await self.release()

    async def close(self) -> None:
        """Close at once."""
        if not self.closed:
            self.note("closed")
        await self.release()

    async def reset(self) -> None:
        """Break off: the other side gets a TCP RST."""
        if not self.closed:
            self.note("reset")
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self.release()

    async def release(self) -> None:
        """Give the socket back without a word in the transcript. A second call does nothing."""
        self.closed = self._said_end = True
        if self._reader is not None:  # a descriptor must not be closed while the loop still watches it
            self._reader.cancel()
            await asyncio.wait([self._reader])
        self._socket.close()
        self._transcript.wake()

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while not self.is_over:
                await self._may_read.wait()
                data = await loop.sock_recv(self._socket, _CHUNK)
                if not data:
                    self.note("received the end of the data", take=self._take_end)
                    return
                self.note("received", data, partial(self._take, data))
                if not self._transcript.ration.take(len(data), len(self._received)):
                    self.overflowed = True
                    self.note("reads no further: too much came")
                self._news.set()
        except ConnectionError:
            self.note("saw the connection break off", take=self._take_reset)
        finally:
            self._news.set()
            self._transcript.wake()

    def _take(self, data: bytes) -> bool:
        self._received += data
        return True

    def _take_end(self) -> bool:
        self.half_closed = True
        return True

    def _take_reset(self) -> bool:
        self.was_reset = True
        return True


def is_readable(sock: socket.socket) -> bool:
    """Whether a read (or an accept) would not block now."""
    look = select.poll()
    look.register(sock, select.POLLIN)
    return bool(look.poll(0))
