"""What the tests of servers and clients share. All sockets are on the loopback, on ports that the system chooses."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.events.transcript import Transcript
from grader.servers.client import Peer
from grader.servers.loop import LoopThread
from grader.servers.server import Server

PATIENCE = 5.0
"""Seconds that a wait may last when all is well on a busy machine."""
SHORT = 0.2
"""Seconds for a wait that is meant to fail."""


class AnyPorts:
    """Every fake server gets a free port."""

    def __init__(self) -> None:
        self.real: dict[int, int] = {}

    def bind_port(self, port: int) -> int:
        return 0

    def bound(self, port: int, real: int) -> None:
        self.real[port] = real

    def connect_port(self, port: int) -> int:
        return self.real[port]


class Network:
    """One loop, one transcript, and what was started with them."""

    def __init__(self, loop: LoopThread) -> None:
        self.loop = loop
        self.transcript = Transcript()
        self.ports = AnyPorts()
        self._peers: list[Peer] = []
        self._servers: list[Server] = []
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def serve(self, kind: type[Any], patience: float = PATIENCE) -> Any:
        server = kind(self.loop, self.transcript, self.ports, patience, random.Random(1))
        self._servers.append(server)
        return server

    def dial(self, server: Server) -> socket.socket:
        """A plain socket connected to a fake server, as a student's client would have it."""
        sock = socket.create_connection(("127.0.0.1", self.ports.real[server.port]), timeout=PATIENCE)
        self._sockets.append(sock)
        return sock

    def peer(self, port: int, name: str = "client", patience: float = PATIENCE, **options: Any) -> Peer:
        peer = Peer(self.loop, self.transcript, port, name, patience, **options)
        self._peers.append(peer)
        return peer.open()

    def student(self, handle: Callable[[socket.socket], object]) -> int:
        """The port of a server that hands its first connection to `handle`, in a thread, and closes it afterwards."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        self._sockets.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(PATIENCE)
                handle(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self._threads.append(thread)
        return int(listener.getsockname()[1])

    @contextlib.contextmanager
    def reading(self, sock: socket.socket) -> Iterator[list[bytes]]:
        """Read `sock` to its end in a thread, while the test does what makes it end; the list has what each `recv` gave."""
        pieces: list[bytes] = []
        thread = threading.Thread(target=lambda: pieces.extend(read_all(sock)))
        thread.start()
        yield pieces
        thread.join(PATIENCE)

    def what(self, who: str) -> list[str]:
        return [entry.what for entry in self.transcript.entries() if entry.who == who]

    def join(self) -> None:
        """Wait until the students' servers have ended."""
        for thread in self._threads:
            thread.join(PATIENCE)

    def close(self) -> None:
        for peer in self._peers:
            peer.close()
        self.join()
        for server in self._servers:
            server.close()
            server.raise_errors()
        for sock in self._sockets:
            sock.close()


@pytest.fixture(scope="session")
def loop() -> Iterator[LoopThread]:
    loop = LoopThread()
    loop.start()
    yield loop
    loop.close()


@pytest.fixture
def network(loop: LoopThread) -> Iterator[Network]:
    network = Network(loop)
    yield network
    network.close()


def read_all(sock: socket.socket) -> list[bytes]:
    """What each `recv` gave until the other side closed."""
    pieces = []
    while piece := sock.recv(4096):
        pieces.append(piece)
    return pieces
