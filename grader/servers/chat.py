"""A fake chat server that a check leads by the hand. The protocol stands in `grader.protocols.chat`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from grader.errors import Cause, Missing, StudentFault, TimedOut
from grader.servers.connection import Connection
from grader.servers.faults import End, Fault, Script, script, send_under
from grader.servers.server import Server
from grader.servers.words import quoted, waited


class ChatServer(Server):
    """Never answers by itself: the check waits for what the client sends and says what it gets.

    Everything is about the newest connection.
    """

    port: ClassVar[int] = 9000
    fixture: ClassVar[str] = "chat_server"
    _plan = Script()

    def start(self, faults: Sequence[Fault] = ()) -> None:
        """Listen. `faults` hold for every `send`, unless that has its own."""
        self._plan = script(faults, self._rng)
        self._listen()

    @property
    def _newest(self) -> Connection | None:
        return self._connections[-1] if self._connections else None

    @property
    def received(self) -> bytes:
        """Everything the client sent; empty before it connects."""
        connections = self.connections
        return connections[-1].received if connections else b""

    def has_received(self, data: bytes) -> bool:
        """Whether `data` has been read from the client: what a check may ask inside a `wait_until`."""
        return self._newest is not None and data in self._newest.received

    def wait_for_line(self, text: str, within: float | None = None) -> str:
        """Wait until the client has sent exactly the line `text`, ended by LF, after the last line waited for; return it."""
        line = text.encode("utf-8")
        self._wait(lambda: self._take_line(line), f"the client sends the line {quoted(line)}", within)
        return text

    def wait_until(self, predicate: Callable[[bytes], bool], expected: str, within: float | None = None) -> None:
        """Wait until `predicate(everything the client sent)` holds; `expected` says in words what that means."""
        self._wait(lambda: self._newest is not None and predicate(self._newest.received), expected, within)

    def send(self, data: bytes, faults: Sequence[Fault] = ()) -> None:
        """Send `data` to the client. Raises Missing if none has connected, TimedOut if it does not read."""
        self.wait_for_connection()
        connection = self._connections[-1]
        plan = script(faults, self._rng) if faults else self._plan
        try:
            self._loop.run_watched(self._send(connection, plan, data), self._transcript, self._patience + plan.delay)
        except TimeoutError:
            happened = waited(self._transcript, self._patience, "the client did not read what we sent")
            did = f"We sent {quoted(data)} to your client"
            fault = TimedOut(happened, did=did, expected="your client goes on reading", cause=Cause("reads nothing"))
            raise self._transcript.explained(fault) from None

    def close_connection(self) -> None:
        """Close the connection to the client, as a server that goes down does."""
        if self._newest is not None:
            self._loop.run(self._hang_up(self._newest), self._patience)

    async def serve(self, connection: Connection) -> None:
        await connection.wait_for_end()
        await connection.finish()

    async def _send(self, connection: Connection, plan: Script, data: bytes) -> None:
        end = await send_under(connection, plan, data, patience=self._patience)
        if end is End.RESET:
            await connection.reset()
        elif end is End.CLOSE:
            connection.half_close("closed")

    async def _hang_up(self, connection: Connection) -> None:
        connection.half_close("closed")

    def _wait(self, ready: Callable[[], bool], expected: str, within: float | None) -> None:
        seconds = self._patience if within is None else within
        arrived = False

        def arrived_or_over() -> bool:
            nonlocal arrived
            over = self._newest is not None and self._newest.is_over
            arrived = ready()
            return arrived or over

        self._transcript.wait_until(arrived_or_over, seconds)
        if not arrived:
            raise self._transcript.explained(self._fault(expected, seconds))

    def _take_line(self, line: bytes) -> bool:
        """Look for `line` in what has not been taken yet; if it is there, take everything up to its end."""
        connection = self._newest
        if connection is None:
            return False
        behind = connection.taken
        for found in connection.received_from(behind).split(b"\n")[:-1]:
            behind += len(found) + 1
            if found == line:
                connection.taken = behind
                return True
        return False

    def _fault(self, expected: str, seconds: float) -> StudentFault:
        did = "We waited for your client"
        connection = self._newest
        if connection is None:
            happened = waited(self._transcript, seconds, f"your client did not connect to port {self.port}")
            return Missing(happened, did=did, expected=expected, cause=Cause("does not connect", f"port {self.port}"))
        got = quoted(connection.received_from(connection.taken))
        if connection.is_over:
            return Missing(f"your client closed the connection after it had sent {got}", did=did, expected=expected)
        sent = waited(self._transcript, seconds, f"your client sent {'only ' if got != 'nothing' else ''}{got}")
        return TimedOut(sent, did=did, expected=expected)
