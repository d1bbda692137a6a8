"""A scripted client over a real socket, for checks of a student's server. No protocol in here."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from grader.errors import Gone, Mismatch, StudentFault, TimedOut
from grader.events.transcript import Transcript
from grader.servers.connection import Connection
from grader.servers.faults import End, Fault, Script, script, send_under
from grader.servers.loop import LoopThread
from grader.servers.words import counted, quoted, waited

_SMALL_BUFFER = 4096
_HOUSEKEEPING = 10.0


class Peer:
    """One client. Unless it is stalled it reads all the time, so a server is never held up by a slow check.

    Every wait lasts `patience` seconds at most, unless it is given `within`, and raises a StudentFault when it fails. `did`
    replaces what the message says we did before (normally: what this client sent last).
    """

    def __init__(
        self,
        loop: LoopThread,
        transcript: Transcript,
        port: int,
        name: str,
        patience: float,
        *,
        stalled: bool = False,
        shown_port: int | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """`stalled`: connect with a small receive buffer and do not read. `shown_port`: the port as the student knows it."""
        self.name = name
        self._loop = loop
        self._transcript = transcript
        self._port = port
        self.patience = patience
        self._stalled = stalled
        self._shown_port = port if shown_port is None else shown_port
        self._rng = rng or random.Random(0)
        self._who = "We" if name == "client" else name
        self._to_me = "" if name == "client" else f" to {name}"
        self._did = f"{self._who} connected to your server on port {self._shown_port}"
        self._connection: Connection | None = None

    def open(self) -> Peer:
        """Connect. Raises Gone if nobody listens there, TimedOut if nobody answers."""
        expected = f"your server accepts connections on port {self._shown_port}"
        try:
            self._run(self._open(), self.patience)
        except ConnectionRefusedError:
            self._transcript.record(self.name, f"was refused on port {self._shown_port}")
            raise Gone(f"nothing listens on port {self._shown_port}", did=self._did, expected=expected) from None
        except TimeoutError:
            happened = waited(self._transcript, self.patience, "no answer came")
            raise TimedOut(happened, did=self._did, expected=expected) from None
        return self

    def overdue(self, happened: str, *, did: str, expected: str) -> StudentFault:
        """The fault to raise right after a wait that failed; `happened` goes on from "within 5 seconds"."""
        happened = waited(self._transcript, self.patience, happened)
        return self._transcript.explained(TimedOut(happened, did=did, expected=expected))

    @property
    def received(self) -> bytes:
        """Everything that ever came."""
        return self._open_connection.received

    @property
    def received_size(self) -> int:
        return self._open_connection.received_size

    @property
    def closed_by_server(self) -> bool:
        """Whether the server has closed (or broken off) the connection."""
        return self._open_connection.half_closed or self._open_connection.was_reset

    def send(self, data: bytes, faults: Sequence[Fault] = ()) -> None:
        """Send `data`. Raises TimedOut if the server stops reading; a server that has closed shows in the next wait."""
        connection, before = self._open_connection, self._open_connection.sent_size
        plan = script(faults, self._rng)
        self._did = f"{self._who} sent {quoted(data)} to your server"
        try:
            self._run(self._send(connection, plan, data), self.patience + plan.delay)
        except TimeoutError:
            went = connection.sent_size - before
            happened = f"your server read {went:,} of {counted(len(data), 'byte')} at most"
            happened = waited(self._transcript, self.patience, happened)
            fault = TimedOut(happened, did=self._did, expected="your server goes on reading")
            raise self._transcript.explained(fault) from None

    def receive(self, count: int, *, within: float | None = None, did: str = "") -> bytes:
        """The next `count` bytes."""
        connection = self._open_connection
        stop = connection.taken + count
        self._wait(lambda: connection.received_size >= stop, f"{counted(count, 'byte')} from your server", within, did, count)
        return self._take(stop)

    def receive_like(self, wanted: bytes, *, within: float | None = None, did: str = "") -> bytes:
        """The next bytes: as many as `wanted`, or fewer as soon as they cannot become `wanted` any more."""
        connection, start, count = self._open_connection, self._open_connection.taken, len(wanted)

        def came() -> bytes:
            return connection.received_from(start, min(connection.received_size, start + count))

        def is_decided() -> bool:
            so_far = came()
            return len(so_far) == count or not wanted.startswith(so_far)

        self._wait(is_decided, f"{counted(count, 'byte')} from your server", within, did, count)
        return self._take(start + len(came()))

    def receive_line(self, *, within: float | None = None, did: str = "") -> bytes:
        """The next line, without the LF that ends it."""
        return self._receive_to(b"\n", "a line that ends in a newline", within, did).removesuffix(b"\n")

    def receive_until(self, separator: bytes, *, within: float | None = None, did: str = "") -> bytes:
        """The next bytes up to and including `separator`."""
        return self._receive_to(separator, f"something that ends in {quoted(separator)}", within, did)

    def receive_all(self, *, within: float | None = None, did: str = "") -> bytes:
        """Everything from here until the server closes."""
        self.wait_until_closed(within=within, did=did)
        return self._take(self._open_connection.received_size)

    def wait_until_closed(self, *, within: float | None = None, did: str = "") -> None:
        """Wait until the server has closed the connection."""
        if not self.wait_quietly(lambda: self.closed_by_server, within):
            fault = self._fault("the server closes the connection", within, did, missed="did not close the connection; it ")
            raise self._transcript.explained(fault)

    def wait_until(
        self, predicate: Callable[[bytes], bool], expected: str, within: float | None = None, *, did: str = ""
    ) -> None:
        """Wait until `predicate(everything received)` holds; `expected` says in words what that means."""
        connection = self._open_connection
        self._wait(lambda: predicate(connection.received), expected, within, did)

    def wait_quietly(self, ready: Callable[[], bool], within: float | None = None) -> bool:
        """Wait until `ready()` holds; no fault, but False, when the connection ended or the time was over first."""
        connection = self._open_connection
        seconds = self.patience if within is None else within
        self._transcript.wait_until(lambda: connection.is_over or ready(), seconds)
        return ready()

    def half_close(self) -> None:
        """Tell the server that nothing more will be sent; go on reading."""
        self._loop.run(_call(self._open_connection.half_close), _HOUSEKEEPING)
        self._did += ", then the end of the data"

    def close(self) -> None:
        """Close. A second call does nothing."""
        if self._connection is not None and not self._connection.closed:
            self._loop.run(self._end(self._connection, End.CLOSE), _HOUSEKEEPING)

    def reset(self) -> None:
        """Break the connection off (TCP RST)."""
        self._loop.run(self._end(self._open_connection, End.RESET), _HOUSEKEEPING)

    def stall(self) -> None:
        """Stop reading: what the server sends fills its send buffer. Connect with `stalled=True` to fill it soonest."""
        self._loop.run(_call(self._open_connection.stall), _HOUSEKEEPING)

    def unstall(self) -> None:
        """Read again."""
        self._loop.run(_call(self._open_connection.unstall), _HOUSEKEEPING)

    @property
    def _open_connection(self) -> Connection:
        if self._connection is None:
            raise RuntimeError(f"{self.name} is not connected: call open() first")
        return self._connection

    async def _open(self) -> None:
        try:
            self._connection = await self._dial(socket.AF_INET, "127.0.0.1")
        except ConnectionRefusedError:
            with contextlib.suppress(OSError):  # a server may have taken "localhost" for ::1 alone
                self._connection = await self._dial(socket.AF_INET6, "::1")
            if self._connection is None:
                raise
        self._connection.note(f"connected to port {self._shown_port}")
        if self._stalled:
            self._connection.stall()
        self._connection.start_reading()

    async def _dial(self, family: int, host: str) -> Connection:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        if self._stalled:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        try:
            with contextlib.suppress(ConnectionResetError):  # it was connected, and the server has broken off already
                await asyncio.get_running_loop().sock_connect(sock, (host, self._port))
            return Connection(sock, (host, self._port), self._transcript, self.name)
        except BaseException:
            sock.close()
            raise

    async def _send(self, connection: Connection, plan: Script, data: bytes) -> None:
        # half of it, so that a server that reads no further gets the rest in one piece and is not taken for a stalled one
        end = await send_under(connection, plan, data, patience=self.patience / 2)
        if end is not None:
            await self._end(connection, end)

    async def _end(self, connection: Connection, end: End) -> None:
        if end is End.RESET:
            await connection.reset()
        else:
            await connection.close()

    def _run(self, coroutine: Coroutine[Any, Any, None], seconds: float) -> None:
        self._loop.run_watched(coroutine, self._transcript, seconds)

    def _take(self, stop: int) -> bytes:
        connection = self._open_connection
        start, connection.taken = connection.taken, stop
        return connection.received_from(start, stop)

    def _receive_to(self, separator: bytes, expected: str, within: float | None, did: str) -> bytes:
        connection = self._open_connection
        searched = connection.taken

        def ready() -> bool:
            nonlocal searched
            size = connection.received_size  # first: more may come while we look
            found = connection.find(separator, searched)
            if found < 0:  # the next look need not begin again at the start
                searched = max(connection.taken, size - len(separator) + 1)
                return False
            searched = found
            return True

        self._wait(ready, expected, within, did)
        return self._take(searched + len(separator))

    def _wait(self, ready: Callable[[], bool], expected: str, within: float | None, did: str, count: int | None = None) -> None:
        if not self.wait_quietly(ready, within):
            raise self._transcript.explained(self._fault(expected, within, did, count=count))

    def _fault(
        self, expected: str, within: float | None, did: str, *, count: int | None = None, missed: str = ""
    ) -> StudentFault:
        connection = self._open_connection
        rest = connection.received_from(connection.taken)
        did = did or self._did
        if connection.overflowed:
            return Mismatch(self._transcript.ration.fault, did=did, expected=expected)
        if not rest:
            so_far = "nothing"
        elif count is None:
            so_far = quoted(rest)
        else:
            so_far = f"{len(rest):,} of {counted(count, 'byte')}: {quoted(rest)}"
        if connection.half_closed or connection.was_reset:
            how = "closed" if connection.half_closed else "broke off"
            after = f"after {so_far}" if rest else "without sending anything" + (" more" if connection.taken else "")
            return Gone(f"the server {how} the connection{self._to_me} {after}", did=did, expected=expected)
        if connection.closed:
            raise RuntimeError(f"{self.name} has closed its own connection and can receive nothing more")
        happened = f"the server {missed}sent {'only ' if rest and not missed else ''}{so_far}{self._to_me}"
        happened = waited(self._transcript, self.patience if within is None else within, happened)
        return TimedOut(happened, did=did, expected=expected)


async def _call(function: Callable[[], None]) -> None:
    function()
