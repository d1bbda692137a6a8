"""A TCP server on the shared event loop: listening, accepting, ending, and whose errors it keeps. No protocol in here."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from abc import ABC, abstractmethod
from typing import ClassVar

from grader.errors import CannotGrade, Missing
from grader.events.transcript import Transcript
from grader.sandbox.confinement import Ports
from grader.servers.connection import Connection, is_readable
from grader.servers.loop import LoopThread
from grader.servers.words import counted, waited

_HOST = "127.0.0.1"
_BACKLOG = 64
_HOUSEKEEPING = 10.0
"""Seconds for what the loop does by itself (no other program has a say in it)."""
_CATCH_UP = 2.0
_QUIET_TURNS = 3
"""Turns of the loop until bytes that it took from the kernel have reached the task that waits for them, and one more."""


class Server(ABC):
    """Base of the fake servers. It listens only once it was told what to do.

    All methods are called from the check's thread; `serve` runs on the loop, once for every connection.
    """

    port: ClassVar[int]
    """The port that a student's program connects to."""
    fixture: ClassVar[str] = ""
    """The fixture by which a check gets this server; empty if checks have no use for it."""
    served_as: ClassVar[str] = ""
    """The name by which `grader serve` starts it for a person; empty if there is nothing to play with."""
    takes_line: ClassVar[bool] = False
    """Whether a person may say what it answers."""
    free_port: ClassVar[int] = 0
    """Where a person finds it if `port` is for administrators only."""
    real_address: ClassVar[str] = ""
    """Where the service that it stands for is found in the world; empty if there is no such thing."""

    def __init__(self, loop: LoopThread, transcript: Transcript, ports: Ports, patience: float, rng: random.Random) -> None:
        """`patience`: seconds that a wait lasts at most, unless it is told otherwise."""
        self._loop = loop
        self._transcript = transcript
        self._ports = ports
        self._patience = patience
        self._rng = rng
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._attending: set[asyncio.Task[None]] = set()
        self._connections: list[Connection] = []
        self._errors: list[Exception] = []

    @abstractmethod
    async def serve(self, connection: Connection) -> None:
        """Talk on one connection that is being read in the background; return when it can be let go."""

    def start_for_a_person(self, line: str | None) -> None:
        """Start for a person; `line` is what to answer, if they said so. Servers with a `served_as` have this."""
        raise NotImplementedError

    @property
    def connections(self) -> list[Connection]:
        """Every connection so far, oldest first; all that the kernel holds for them has been read."""
        self.catch_up()
        return list(self._connections)

    def wait_for_connection(self, count: int = 1, within: float | None = None) -> None:
        """Wait until `count` connections have come in all, at most `within` seconds. Raises Missing."""
        seconds = self._patience if within is None else within
        if not self._transcript.wait_until(lambda: len(self._connections) >= count, seconds):
            happened = waited(self._transcript, seconds, f"{counted(len(self._connections), 'connection')} came")
            expected = f"your program makes {counted(count, 'connection')}"
            raise self._transcript.explained(Missing(happened, did=f"We waited on port {self.port}", expected=expected))

    def refuse(self) -> None:
        """Stop listening: whoever connects from now on is refused. Open connections stay."""
        self._loop.run(self._stop_listening(), _HOUSEKEEPING)

    def catch_up(self) -> None:
        """Take in what programs did before this call, even if they have ended since. Not for use inside a `wait_until`."""
        with contextlib.suppress(TimeoutError):
            self._loop.run(self._catch_up(), _CATCH_UP)

    def raise_errors(self) -> None:
        """Raise the first exception that happened while serving, if there was one: it is never the student's fault."""
        if self._errors:
            raise self._errors[0]

    def close(self) -> None:
        """Stop listening and end every connection. A second call does nothing."""
        self._loop.run(self._close(), _HOUSEKEEPING)

    def _listen(self) -> None:
        """Begin to listen, unless it does already. Raises CannotGrade if the port cannot be had."""
        if self._listener is not None:
            return
        asked = self._ports.bind_port(self.port)
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((_HOST, asked))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise CannotGrade(f"Our server cannot listen on port {asked}: {error.strerror}.") from error
        listener.setblocking(False)
        self._listener = listener
        self._ports.bound(self.port, listener.getsockname()[1])
        self._transcript.record("server", f"listens on port {self.port}")
        self._loop.run(self._start_accepting(listener), _HOUSEKEEPING)

    async def _start_accepting(self, listener: socket.socket) -> None:
        self._accepting = asyncio.create_task(self._accept(listener))

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            sock, there = await loop.sock_accept(listener)
            if not self._transcript.ration.accept(len(self._attending)):
                sock.close()
                continue
            try:
                connection = Connection(sock, there[:2], self._transcript, "server")
            except OSError:  # gone again before it was accepted
                sock.close()
                continue
            self._connections.append(connection)
            connection.note("accepted a connection")
            task = asyncio.create_task(self._attend(connection))
            self._attending.add(task)
            task.add_done_callback(self._attending.discard)

    async def _attend(self, connection: Connection) -> None:
        connection.start_reading()
        try:
            await self.serve(connection)
        except Exception as error:
            self._errors.append(error)
            self._transcript.record("grader", f"error in our own server: {error!r}")
        finally:
            await connection.release()

    async def _catch_up(self) -> None:
        quiet = 0
        while quiet < _QUIET_TURNS:
            await asyncio.sleep(0)
            quiet = 0 if self._has_unread() else quiet + 1

    def _has_unread(self) -> bool:
        if self._listener is not None and is_readable(self._listener):
            return True
        return any(connection.has_unread() for connection in self._connections)

    async def _stop_listening(self) -> None:
        if self._listener is None:
            return
        if self._accepting is not None:
            await _cancelled(self._accepting)
        self._listener.close()
        self._listener = None
        self._ports.bound(self.port, 0)
        self._transcript.record("server", f"stopped listening on port {self.port}")

    async def _close(self) -> None:
        await self._stop_listening()
        for task in tuple(self._attending):
            await _cancelled(task)


async def _cancelled(task: asyncio.Task[None]) -> None:
    """Cancel `task` and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])
