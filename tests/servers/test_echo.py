import random
import socket

import pytest

from grader.servers.echo import EchoServer
from grader.servers.faults import CloseEarly, Garbage, Reset, Silent, Split

from .conftest import SHORT, Network, read_all


def test_every_byte_comes_back_and_a_half_close_is_answered(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start()
    client = network.dial(server)
    client.sendall(b"hello \xff\x00 you")
    client.shutdown(socket.SHUT_WR)
    assert b"".join(read_all(client)) == b"hello \xff\x00 you"
    (connection,) = server.connections
    assert (connection.received, connection.sent) == (b"hello \xff\x00 you", b"hello \xff\x00 you")
    assert connection.half_closed


def test_much_comes_back_while_more_is_sent(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start()
    data = random.Random(1).randbytes(3_000_000)
    peer = network.peer(network.ports.real[9128])
    peer.send(data)
    assert peer.receive(len(data)) == data


def test_clients_are_served_side_by_side(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start()
    first, second = network.dial(server), network.dial(server)
    second.sendall(b"two")
    assert second.recv(10) == b"two"
    first.sendall(b"one")
    assert first.recv(10) == b"one"


def test_split_holds_over_several_sends(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start(faults=[Split(1)])
    client = network.dial(server)
    for byte in (b"a", b"b", b"c"):
        client.sendall(byte)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == [b"a", b"b", b"c"]


@pytest.mark.parametrize("after", [0, 2, 5])
def test_close_early_closes_without_a_reset(network: Network, after: int) -> None:
    server = network.serve(EchoServer)
    server.start(faults=[CloseEarly(after)])
    client = network.dial(server)
    client.sendall(b"hello")
    assert b"".join(read_all(client)) == b"hello"[:after]
    client.sendall(b"more")  # the server still reads, so this is no broken pipe
    assert client.recv(1) == b""


def test_reset_in_the_middle(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start(faults=[Reset(after=2)])
    client = network.dial(server)
    client.sendall(b"hello")
    assert client.recv(10) == b"he"
    with pytest.raises(ConnectionResetError):
        client.recv(10)


def test_silent_never_answers_but_reads(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start(faults=[Silent()])
    client = network.dial(server)
    client.sendall(b"hello")
    client.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        client.recv(1)
    assert server.connections[0].received == b"hello"


def test_garbage_comes_instead_of_the_echo(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start(faults=[Garbage(8)])
    client = network.dial(server)
    client.sendall(b"hello")
    client.shutdown(socket.SHUT_WR)
    data = b"".join(read_all(client))
    assert len(data) == 8 and data != b"hello"


def test_a_client_that_leaves_at_once_does_no_harm(network: Network) -> None:
    server = network.serve(EchoServer)
    server.start()
    network.dial(server).close()
    client = network.dial(server)
    client.sendall(b"still there?")
    assert client.recv(100) == b"still there?"
