import socket
from datetime import UTC, datetime

import pytest

from grader.errors import CannotGrade, Missing
from grader.protocols.daytime import parse_line, wire_form
from grader.servers.daytime import DaytimeServer
from grader.servers.faults import CloseEarly, Delay, Garbage, Reset, Silent, Split, SplitAt

from .conftest import SHORT, Network, read_all

MOMENT = "2012-11-28 19:30:19"


def test_a_client_gets_the_line_and_then_the_end(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT)
    data = b"".join(read_all(network.dial(server)))
    assert data == wire_form(server.line)
    assert parse_line(server.line).moment == datetime(2012, 11, 28, 19, 30, 19, tzinfo=UTC)
    assert parse_line(server.line).health == 0


def test_every_connection_is_answered_and_the_answer_can_change(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"one")
    assert read_all(network.dial(server)) == [b"one"]
    assert read_all(network.dial(server)) == [b"one"]
    server.reply(b"two")
    assert read_all(network.dial(server)) == [b"two"]
    assert len(server.connections) == 3


def test_split_sends_a_piece_when_the_one_before_was_read(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT, faults=[Split(1)])
    pieces = read_all(network.dial(server))
    assert b"".join(pieces) == wire_form(server.line)
    assert {len(piece) for piece in pieces} == {1}


def test_split_at_cuts_where_it_is_told(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"hello you", faults=[SplitAt([1, 6])])
    assert read_all(network.dial(server)) == [b"h", b"ello ", b"you"]


def test_a_client_that_never_reads_gets_the_rest_in_the_end(network: Network) -> None:
    server = network.serve(DaytimeServer, patience=SHORT)
    server.reply(b"abc", faults=[Split(1)])
    client = network.dial(server)
    server.wait_for_connection(within=5)
    connection = server.connections[0]
    assert network.transcript.wait_until(lambda: connection.sent_size == 3, 5)
    assert read_all(client) == [b"abc"]


def test_close_early(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"hello you", faults=[CloseEarly(after=5)])
    assert read_all(network.dial(server)) == [b"hello"]


def test_reset(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"hello you", faults=[Reset(after=5)])
    client = network.dial(server)
    assert client.recv(100) == b"hello"
    with pytest.raises(ConnectionResetError):
        client.recv(100)


def test_silent_keeps_the_connection_open(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT, faults=[Silent()])
    client = network.dial(server)
    server.wait_for_connection()
    client.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        client.recv(1)


def test_garbage_is_no_daytime(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT, faults=[Garbage(60)])
    data = b"".join(read_all(network.dial(server)))
    assert len(data) == 60
    assert b"UTC(NIST)" not in data


def test_delay_comes_before_the_data(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"late", faults=[Delay(0.05)])
    assert read_all(network.dial(server)) == [b"late"]
    waits, sent = [entry for entry in network.transcript.entries() if entry.what in ("waits 0.05 seconds", "sent")]
    assert sent.at - waits.at >= 0.05


def test_what_a_client_sent_and_left_is_seen_at_once(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT)
    for number in range(20):
        with network.dial(server) as client:
            client.sendall(b"hello")
        assert server.seen_bytes() == b"hello" * (number + 1)
        assert server.connections[-1].half_closed or server.connections[-1].was_reset


def test_a_client_that_sends_something_still_gets_its_reply(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"x" * 100_000)
    client = network.dial(server)
    client.sendall(b"what time is it?\n" * 1000)
    assert len(b"".join(read_all(client))) == 100_000


def test_nobody_listens_before_the_script_and_after_refuse(network: Network) -> None:
    server = network.serve(DaytimeServer)
    assert server.connections == []
    server.reply_at(MOMENT)
    read_all(network.dial(server))
    port = network.ports.real[13]
    server.refuse()
    server.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert network.ports.real[13] == 0
    server.reply_at(MOMENT)
    assert b"".join(read_all(network.dial(server))) == wire_form(server.line)


def test_a_missing_connection_is_told_in_words(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_at(MOMENT)
    with pytest.raises(Missing) as caught:
        server.wait_for_connection(within=SHORT)
    assert caught.value.happened == "within 0.2 seconds 0 connections came"
    assert caught.value.expected == "your program makes 1 connection"
    assert caught.value.did == "We waited on port 13"


def test_a_port_in_use_is_not_the_students_fault(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(network.ports, "bind_port", lambda port: other.getsockname()[1])
        with pytest.raises(CannotGrade, match="in use"):
            network.serve(DaytimeServer).reply_at(MOMENT)


def test_an_error_while_serving_is_raised_in_the_check(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply_with(lambda: 1 // 0)
    assert read_all(network.dial(server)) == []
    with pytest.raises(ZeroDivisionError):
        server.raise_errors()
    server._errors.clear()


def test_the_transcript_tells_what_happened_in_order(network: Network) -> None:
    server = network.serve(DaytimeServer)
    server.reply(b"hello")
    with network.dial(server) as client:
        read_all(client)
    server.close()
    server.close()
    assert network.what("server") == [
        "listens on port 13",
        "accepted a connection",
        "sent",
        "closed",
        "received the end of the data",
        "stopped listening on port 13",
    ]
