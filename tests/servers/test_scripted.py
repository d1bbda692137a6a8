import socket

import pytest

from grader.servers.faults import CloseEarly, Delay, Reset, Silent, Split
from grader.servers.scripted import ScriptedServer

from .conftest import SHORT, Network, read_all


def test_a_script_is_played_and_then_the_connection_ends(network: Network) -> None:
    server = network.serve(ScriptedServer)
    server.play(b"one ", b"two")
    assert b"".join(read_all(network.dial(server))) == b"one two"


def test_every_connection_has_its_own_script_and_the_last_one_is_for_the_rest(network: Network) -> None:
    server = network.serve(ScriptedServer)
    server.play(b"first")
    server.play(b"second")
    assert [read_all(network.dial(server)) for _ in range(3)] == [[b"first"], [b"second"], [b"second"]]
    server.play(b"not the third", stay_open=True)
    server.play(b"not the fourth")
    server.play(b"fifth")
    assert read_all(network.dial(server)) == [b"not the fourth"]
    assert read_all(network.dial(server)) == [b"fifth"]


def test_faults_count_all_bytes_of_a_script(network: Network) -> None:
    server = network.serve(ScriptedServer)
    server.play(b"abc", b"def", faults=[Split(2), CloseEarly(5)])
    assert read_all(network.dial(server)) == [b"ab", b"c", b"de"]


@pytest.mark.parametrize("after", [2, 3, 6])
def test_a_script_can_break_off(network: Network, after: int) -> None:
    server = network.serve(ScriptedServer)
    server.play(b"abc", b"def", faults=[Reset(after)])
    client = network.dial(server)
    with pytest.raises(ConnectionResetError):
        read_all(client)
    (connection,) = server.connections
    assert connection.sent == b"abcdef"[:after]


def test_a_pause_begins_when_what_came_before_has_been_read(network: Network) -> None:
    server = network.serve(ScriptedServer)
    server.play(b"before", Delay(0.01), b"after")
    assert read_all(network.dial(server)) == [b"before", b"after"]
    assert network.what("server")[-4:-1] == ["sent", "waits 0.01 seconds", "sent"]


@pytest.mark.parametrize("silent", [True, False])
def test_a_connection_that_stays_open_ends_when_the_client_leaves(network: Network, silent: bool) -> None:
    server = network.serve(ScriptedServer)
    if silent:
        server.play(b"never", faults=[Silent()])
    else:
        server.play(b"x", stay_open=True)
    client = network.dial(server)
    if not silent:
        assert client.recv(10) == b"x"
    client.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        client.recv(10)
    client.shutdown(socket.SHUT_WR)
    client.settimeout(5)
    assert client.recv(10) == b""
