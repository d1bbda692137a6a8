import pytest

from grader.servers.client import Peer
from grader.servers.room import RoomServer

from .conftest import Network


@pytest.fixture
def port(network: Network) -> int:
    server = network.serve(RoomServer)
    server.start()
    return network.ports.real[9000]


def join(network: Network, port: int, name: str, *present: Peer, stalled: bool = False) -> Peer:
    peer = network.peer(port, name, stalled=stalled)
    peer.send(f"ADD {name}\n".encode())
    for other in present if stalled else (*present, peer):
        assert other.receive_line() == f"NEW {name}".encode()
    return peer


def test_a_conversation(network: Network, port: int) -> None:
    ann = join(network, port, "Ann")
    joe = join(network, port, "Joe", ann)
    ann.send(b"MESSAGE hi\nPRIVATE Joe\npst\nPRIVATE Zoe\nnobody\n")
    assert ann.receive_until(b"hi\n") == b"MESSAGE Ann\nhi\n"
    assert joe.receive_until(b"pst\n") == b"MESSAGE Ann\nhi\nPRIVATE Ann\npst\n"
    ann.send(b"QUIT\n")
    assert ann.receive_all() == b"GOODBYE\n"
    assert joe.receive_line() == b"LEFT Ann"


def test_a_client_that_just_disconnects_has_left(network: Network, port: int) -> None:
    ann = join(network, port, "Ann")
    joe = join(network, port, "Joe", ann)
    joe.reset()
    assert ann.receive_line() == b"LEFT Joe"
    stranger = network.peer(port, "stranger")
    stranger.send(b"QUIT\n")
    assert stranger.receive_all() == b"GOODBYE\n"


def test_a_stalled_client_holds_up_nobody(network: Network, port: int) -> None:
    ann = join(network, port, "Ann")
    bob = join(network, port, "Bob", ann, stalled=True)
    text = b"x" * 1_000_000
    for _ in range(8):
        ann.send(b"MESSAGE " + text + b"\n")
        assert ann.receive_until(b"x\n") == b"MESSAGE Ann\n" + text + b"\n"
    ann.send(b"QUIT\n")
    bob.unstall()
    assert bob.receive_line() == b"NEW Bob"
    assert bob.receive(8 * (len(text) + 13)) == (b"MESSAGE Ann\n" + text + b"\n") * 8
    assert bob.receive_line() == b"LEFT Ann"
