import socket

import pytest

from grader.errors import Missing, TimedOut
from grader.servers.chat import ChatServer
from grader.servers.faults import CloseEarly, Reset, Split

from .conftest import PATIENCE, SHORT, Network, read_all


@pytest.fixture
def server(network: Network) -> ChatServer:
    server: ChatServer = network.serve(ChatServer)
    server.start()
    return server


def test_lines_are_waited_for_one_after_another(network: Network, server: ChatServer) -> None:
    client = network.dial(server)
    client.sendall(b"ADD Ann\nMESSAGE hi\nMESS")
    assert server.wait_for_line("ADD Ann") == "ADD Ann"
    client.sendall(b"AGE hi\n")
    server.wait_for_line("MESSAGE hi")
    server.wait_for_line("MESSAGE hi")
    assert server.received == b"ADD Ann\nMESSAGE hi\nMESSAGE hi\n"
    with pytest.raises(TimedOut):
        server.wait_for_line("MESSAGE hi", within=SHORT)


def test_a_line_is_whole_and_only_lf_ends_it(network: Network, server: ChatServer) -> None:
    client = network.dial(server)
    client.sendall("MESSAGE a\u2028b\r\n".encode())
    with pytest.raises(TimedOut):
        server.wait_for_line("MESSAGE a", within=SHORT)
    server.wait_for_line("MESSAGE a\u2028b\r")


def test_a_line_without_its_newline_is_told(network: Network, server: ChatServer) -> None:
    network.dial(server).sendall(b"ADD Ann")
    server.wait_until(lambda data: data == b"ADD Ann", "the client sends its name")
    with pytest.raises(TimedOut) as caught:
        server.wait_for_line("ADD Ann", within=SHORT)
    assert caught.value.happened == "within 0.2 seconds your client sent only 'ADD Ann'"
    assert caught.value.expected == "the client sends the line 'ADD Ann'"


def test_a_client_that_left_is_told_at_once(network: Network, server: ChatServer) -> None:
    with network.dial(server) as client:
        client.sendall(b"ADD Ann\n")
    with pytest.raises(Missing, match="closed the connection after it had sent 'ADD Ann"):
        server.wait_for_line("QUIT")


def test_a_check_may_ask_what_has_come_while_it_waits(network: Network, server: ChatServer) -> None:
    assert not server.has_received(b"Ann")
    network.dial(server).sendall(b"ADD Ann\n")
    assert network.transcript.wait_until(lambda: server.has_received(b"Ann"), PATIENCE)


def test_nobody_came(server: ChatServer) -> None:
    assert server.received == b""
    with pytest.raises(Missing, match="did not connect to port 9000"):
        server.wait_for_line("ADD Ann", within=SHORT)


def test_what_the_check_sends_arrives(network: Network, server: ChatServer) -> None:
    client = network.dial(server)
    server.send(b"NEW Ann\n")
    assert client.recv(100) == b"NEW Ann\n"
    server.close_connection()
    assert client.recv(100) == b""


def test_faults_of_one_send(network: Network, server: ChatServer) -> None:
    client = network.dial(server)
    with network.reading(client) as pieces:
        server.send(b"NEW Ann\n", faults=[Split(3)])
        server.send(b"LEFT Ann\n", faults=[Split(5), CloseEarly(4)])
    assert pieces == [b"NEW", b" An", b"n\n", b"LEFT"]


def test_a_broken_connection(network: Network, server: ChatServer) -> None:
    client = network.dial(server)
    server.send(b"NEW", faults=[Reset(0)])
    with pytest.raises(ConnectionResetError):
        client.recv(100)


def test_everything_is_about_the_newest_client(network: Network, server: ChatServer) -> None:
    old = network.dial(server)
    old.sendall(b"ADD Old\n")
    server.wait_for_line("ADD Old")
    new = network.dial(server)
    server.wait_for_connection(2)
    assert server.received == b""
    server.send(b"NEW New\n")
    new.shutdown(socket.SHUT_WR)
    assert b"".join(read_all(new)) == b"NEW New\n"


def test_a_client_that_does_not_read_is_told(network: Network) -> None:
    server = network.serve(ChatServer, patience=SHORT)
    server.start()
    network.dial(server)
    with pytest.raises(TimedOut, match="the client did not read"):
        server.send(b"x" * 50_000_000)
