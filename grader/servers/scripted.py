"""A fake server without a protocol: it plays what a check has written down, to one connection after another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from grader.servers.connection import Connection
from grader.servers.faults import Delay, End, Fault, Script, script, send_under
from grader.servers.server import Server


@dataclass(frozen=True)
class _Play:
    steps: tuple[bytes | Delay, ...]
    plan: Script
    stays_open: bool


class ScriptedServer(Server):
    """Sends what `play` was told, ignores what comes, and closes.

    The first `play` is for the first connection, the second for the second, and so on; the last is for all that come later.
    """

    port: ClassVar[int] = 7007
    fixture: ClassVar[str] = "scripted_server"
    _plays: tuple[_Play, ...] = ()

    def play(self, *steps: bytes | Delay, faults: Sequence[Fault] = (), stay_open: bool = False) -> None:
        """Listen, and have one more script: bytes to send, and pauses that begin when the bytes before them have been read.

        `faults` hold for the bytes; an offset in a fault counts all of them. `stay_open`: do not close after the last step.
        """
        self._plays += (_Play(steps, script(faults, self._rng), stay_open),)
        self._listen()

    async def serve(self, connection: Connection) -> None:
        play = self._plays[min(self._connections.index(connection), len(self._plays) - 1)]
        end = play.plan.end_at(0)
        for step in play.steps:
            if end is None:
                end = await self._do(step, play.plan, connection)
        if end is End.RESET:
            await connection.reset()
            return
        if end is None and (play.stays_open or play.plan.silent):
            await connection.wait_for_end()
        await connection.finish()

    async def _do(self, step: bytes | Delay, plan: Script, connection: Connection) -> End | None:
        if isinstance(step, bytes):
            return await send_under(connection, plan, step, offset=connection.sent_size, patience=self._patience)
        await connection.wait_until_read(asyncio.get_running_loop().time() + self._patience)
        return await send_under(connection, script([step], self._rng), b"", patience=self._patience)
