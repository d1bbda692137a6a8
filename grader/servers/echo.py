"""A fake echo server (RFC 862, on a port of its own)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from grader.servers.connection import Connection
from grader.servers.faults import End, Fault, Script, script, send_under
from grader.servers.server import Server


class EchoServer(Server):
    """Sends every byte back. When a client half-closes, it gets the rest of its echo, and then the connection is closed."""

    port: ClassVar[int] = 9128
    fixture: ClassVar[str] = "echo_server"
    served_as: ClassVar[str] = "echo"
    _plan = Script()

    def start(self, faults: Sequence[Fault] = ()) -> None:
        """Listen, and echo under `faults`; offsets in a fault count the bytes of one whole connection."""
        self._plan = script(faults, self._rng)
        self._listen()

    def start_for_a_person(self, line: str | None) -> None:
        self.start()

    async def serve(self, connection: Connection) -> None:
        plan, seen, end = self._plan, 0, self._plan.end_at(0)
        if end is End.RESET:  # not before the client has sent something: so its next recv() meets the reset, not its connect()
            await connection.wait_for_more(0)
        while end is None and await connection.wait_for_more(seen):
            data = connection.received_from(seen)
            seen += len(data)
            end = await send_under(connection, plan, data, offset=connection.sent_size, patience=self._patience)
        if end is End.RESET:
            await connection.reset()
        else:
            await connection.finish()
