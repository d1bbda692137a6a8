"""A fake NIST time server (daytime, RFC 867). The form of its line stands in `grader.protocols.daytime`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from grader.protocols import daytime
from grader.servers.connection import Connection
from grader.servers.faults import End, Fault, Script, script, send_under
from grader.servers.server import Server


class DaytimeServer(Server):
    """Sends one reply to everyone who connects, ignores what they send, and closes."""

    port: ClassVar[int] = 13
    fixture: ClassVar[str] = "daytime_server"
    served_as: ClassVar[str] = "daytime"
    takes_line: ClassVar[bool] = True
    free_port: ClassVar[int] = 1313
    real_address: ClassVar[str] = "time.nist.gov"

    line = ""
    """The line of the last `reply_at`, without the newlines around it."""
    _plan = Script()

    def reply_at(self, moment: str | datetime, faults: Sequence[Fault] = ()) -> None:
        """Listen, and answer with NIST's line for `moment` (UTC; a text is `2012-11-28 19:30:19`)."""
        when = datetime.fromisoformat(moment).replace(tzinfo=UTC) if isinstance(moment, str) else moment
        self.line = random_line(when, self._rng)
        self.reply(daytime.wire_form(self.line), faults)

    def reply(self, raw: bytes, faults: Sequence[Fault] = ()) -> None:
        """Listen, and answer with the bytes `raw`."""
        self.reply_with(lambda: raw, faults)

    def reply_with(self, make: Callable[[], bytes], faults: Sequence[Fault] = ()) -> None:
        """Listen, and answer every connection with what `make` returns just then."""
        self._plan = script(faults, self._rng)
        self._make = make
        self._listen()

    def start_for_a_person(self, line: str | None) -> None:
        self.reply_with(lambda: daytime.wire_form(line or random_line(datetime.now(UTC), self._rng)))

    def seen_bytes(self) -> bytes:
        """All bytes that clients sent so far; a right client sends none."""
        return b"".join(connection.received for connection in self.connections)

    async def serve(self, connection: Connection) -> None:
        end = await send_under(connection, self._plan, self._make(), patience=self._patience)
        if end is End.RESET:
            await connection.reset()
        elif self._plan.silent:
            await connection.wait_for_end()
        else:
            await connection.finish()


def random_line(moment: datetime, rng: random.Random) -> str:
    """A healthy line for `moment`; what a right client does not look at differs from call to call."""
    return daytime.format_line(moment, ms_advance=rng.randrange(9999) / 10, dst=rng.choice((0, 50)))
