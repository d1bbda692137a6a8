"""A real chat server to try a client with (`grader serve`). Who hears what is decided in `grader.protocols.chat`."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from grader.protocols.chat import ClientMessages, Letter, Quit, Room
from grader.servers.connection import Connection
from grader.servers.faults import Script, send_under
from grader.servers.server import Server


class RoomServer(Server):
    """One room for everyone who connects. What a client does not read waits in its own outbox, so it holds up nobody."""

    port: ClassVar[int] = 9000
    served_as: ClassVar[str] = "chat"

    def start(self) -> None:
        """Listen, and open the room."""
        self._room = Room()
        self._outboxes: dict[int, asyncio.Queue[bytes]] = {}
        self._listen()

    def start_for_a_person(self, line: str | None) -> None:
        self.start()

    async def serve(self, connection: Connection) -> None:
        client = id(connection)
        outbox = self._outboxes[client] = asyncio.Queue()
        writer = asyncio.create_task(self._write(connection, outbox))
        try:
            await self._listen_to(client, connection)
            await outbox.join()
        finally:
            self._deliver(self._room.leave(client))
            del self._outboxes[client]
            writer.cancel()
        await connection.finish()

    async def _listen_to(self, client: int, connection: Connection) -> None:
        messages, seen = ClientMessages(), 0
        while await connection.wait_for_more(seen):
            data = connection.received_from(seen)
            seen += len(data)
            for message in messages.feed(data):
                self._deliver(self._room.handle(client, message))
                if message == Quit():
                    return

    def _deliver(self, letters: list[Letter]) -> None:
        for letter in letters:
            self._outboxes[letter.client].put_nowait(letter.data)

    async def _write(self, connection: Connection, outbox: asyncio.Queue[bytes]) -> None:
        while True:
            data = await outbox.get()
            await send_under(connection, Script(), data, patience=self._patience)
            outbox.task_done()
