"""Tests of `grader.sandbox.sockets`: both ways of looking give the same answers."""

import socket
from collections.abc import Iterator

import pytest

from grader.sandbox import sockets

if not sockets.have_table():
    pytest.skip("this machine shows no table of its sockets", allow_module_level=True)


@pytest.fixture(params=["sock_diag", "/proc"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "/proc":
        monkeypatch.setattr(sockets, "_diag_works", lambda: False)
    elif not sockets._diag_works():
        pytest.skip("this kernel has no sock_diag")
    return str(request.param)


@pytest.fixture(params=["127.0.0.1", "::1", "::"])
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    host = request.param
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::")
    except OSError:
        pytest.skip(f"this machine cannot listen on {host}")
    with listener:
        yield listener


def test_a_listening_port_is_seen(way: str, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert sockets.is_listening(port)
    listener.close()
    assert not sockets.is_listening(port)


def test_a_connected_port_is_not_a_listening_one(way: str, listener: socket.socket) -> None:
    host = "::1" if listener.getsockname()[0] == "::1" else "127.0.0.1"
    with socket.create_connection((host, listener.getsockname()[1])) as client:
        assert not sockets.is_listening(client.getsockname()[1])


def test_unread_bytes_are_counted_before_and_after_accept(way: str, listener: socket.socket) -> None:
    host = "::1" if listener.getsockname()[0] == "::1" else "127.0.0.1"
    with socket.create_connection((host, listener.getsockname()[1])) as client:
        client.sendall(b"hello")
        there, here = client.getpeername()[:2], client.getsockname()[:2]
        assert sockets.receive_queue(there, here) == 5
        server, _ = listener.accept()
        with server:
            assert server.recv(2) == b"he"
            assert sockets.receive_queue(there, here) == 3
            assert sockets.receive_queue(here, there) == 0
            seen = sockets.receiver(there, here)
            assert seen is not None
            assert seen.arrived == (5 if way == "sock_diag" else sockets.ARRIVED_UNKNOWN)
            assert server.recv(10) == b"llo"
            assert sockets.receive_queue(there, here) == 0


def test_a_socket_that_is_not_there_is_none(way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert sockets.receive_queue(listener.getsockname(), ("127.0.0.1", 9)) is None


def test_entries_have_plain_addresses(listener: socket.socket) -> None:
    host = "::1" if listener.getsockname()[0] == "::1" else "127.0.0.1"
    with socket.create_connection((host, listener.getsockname()[1])) as client:
        here, there = client.getsockname()[:2], client.getpeername()[:2]
        found = [(entry.local, entry.remote) for entry in sockets.entries()]
        assert (here, there) in found and (there, here) in found
    (listening,) = [
        entry for entry in sockets.entries() if entry.state == sockets.LISTEN and entry.local == listener.getsockname()[:2]
    ]
    assert listening.inode > 0
