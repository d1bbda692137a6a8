import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from grader.errors import Mismatch, Missing, StudentFault, TimedOut
from grader.events.ration import Ration
from grader.limits import MIB
from grader.servers.client import Peer
from grader.servers.faults import CloseEarly, Reset, Split

from .conftest import PATIENCE, SHORT, Network, read_all

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""For SO_LINGER: closing sends RST."""


def sends(data: bytes, then: threading.Event | None = None) -> Callable[[socket.socket], None]:
    def handle(sock: socket.socket) -> None:
        sock.sendall(data)
        if then is not None:
            then.wait(PATIENCE)
        else:
            sock.shutdown(socket.SHUT_WR)
            read_all(sock)

    return handle


@pytest.fixture
def done() -> Iterator[threading.Event]:
    """Set at the end, so that a server which keeps its connection open lets go."""
    event = threading.Event()
    yield event
    event.set()


def texts(fault: StudentFault) -> tuple[str, str, str]:
    return fault.did, fault.expected, fault.happened


def test_what_comes_is_taken_in_order(network: Network) -> None:
    peer = network.peer(network.student(sends(b"abcNEW Ann\nLEFT\r\n\r\nrest")))
    assert peer.receive(3) == b"abc"
    assert peer.receive_line() == b"NEW Ann"
    assert peer.receive_until(b"\r\n\r\n") == b"LEFT\r\n\r\n"
    assert peer.receive_all() == b"rest"
    assert peer.received == b"abcNEW Ann\nLEFT\r\n\r\nrest"
    assert peer.closed_by_server


def test_what_cannot_become_what_is_wanted_is_not_waited_for(network: Network, done: threading.Event) -> None:
    peer = network.peer(network.student(sends(b"same as youOK", done)))
    assert peer.receive_like(b"same as") == b"same as"
    assert peer.receive_like(b" you") == b" you"
    assert peer.receive_like(b"a long answer") == b"OK"
    with pytest.raises(TimedOut):
        peer.receive_like(b"more", within=SHORT)


def test_a_separator_in_two_pieces_is_found(network: Network, done: threading.Event) -> None:
    go_on = threading.Event()

    def handle(sock: socket.socket) -> None:
        sock.sendall(b"x" * 1000 + b"\r\n\r")
        go_on.wait(PATIENCE)
        sock.sendall(b"\nbody")
        done.wait(PATIENCE)

    peer = network.peer(network.student(handle))
    peer.wait_until(lambda data: data.endswith(b"\r"), "the first half")
    with pytest.raises(TimedOut):
        peer.receive_until(b"\r\n\r\n", within=0.01)
    go_on.set()
    assert peer.receive_until(b"\r\n\r\n") == b"x" * 1000 + b"\r\n\r\n"
    assert peer.receive(4) == b"body"


def test_a_server_that_closes_too_early(network: Network) -> None:
    def handle(sock: socket.socket) -> None:
        sock.sendall(sock.recv(100)[:5])
        sock.shutdown(socket.SHUT_WR)
        read_all(sock)

    peer = network.peer(network.student(handle))
    peer.send(b"hello you")
    with pytest.raises(Missing) as caught:
        peer.receive(9)
    assert texts(caught.value) == (
        "We sent 'hello you' to your server",
        "9 bytes from your server",
        "the server closed the connection after 5 of 9 bytes: 'hello'",
    )


def test_a_server_that_says_nothing(network: Network, done: threading.Event) -> None:
    peer = network.peer(network.student(sends(b"", done)), shown_port=9128)
    with pytest.raises(TimedOut) as caught:
        peer.receive_line(within=SHORT)
    assert texts(caught.value) == (
        "We connected to your server on port 9128",
        "a line that ends in a newline",
        "within 0.2 seconds the server sent nothing",
    )


def test_a_server_that_closes_without_a_word(network: Network) -> None:
    peer = network.peer(network.student(sends(b"")), name="Ann")
    with pytest.raises(Missing) as caught:
        peer.receive_line(did="Joe said 'hi'")
    assert texts(caught.value) == (
        "Joe said 'hi'",
        "a line that ends in a newline",
        "the server closed the connection to Ann without sending anything",
    )


def test_a_server_that_does_not_close(network: Network, done: threading.Event) -> None:
    peer = network.peer(network.student(sends(b"hello", done)))
    peer.wait_until(lambda data: data == b"hello", "hello")
    with pytest.raises(TimedOut) as caught:
        peer.receive_all(within=SHORT)
    assert caught.value.happened == "within 0.2 seconds the server did not close the connection; it sent 'hello'"
    assert not peer.closed_by_server


def test_a_server_that_breaks_off(network: Network) -> None:
    def handle(sock: socket.socket) -> None:
        sock.sendall(sock.recv(3))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    peer = network.peer(network.student(handle))
    peer.send(b"hel")
    with pytest.raises(Missing, match="broke off the connection after 3 of 5 bytes: 'hel'"):
        peer.receive(5)


def test_a_server_that_breaks_off_at_once(network: Network) -> None:
    def handle(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    for _ in range(20):
        peer = network.peer(network.student(handle))
        with pytest.raises(Missing, match="without sending anything"):
            peer.receive(5)


def test_long_data_are_cut_in_a_message(network: Network) -> None:
    peer = network.peer(network.student(sends(b"x" * 5000)))
    with pytest.raises(Missing) as caught:
        peer.receive_line()
    assert len(caught.value.happened) < 400
    assert caught.value.happened.endswith("(4,800 more bytes)")


def test_a_predicate_that_never_holds(network: Network) -> None:
    peer = network.peer(network.student(sends(b"one\ntwo\n")))
    assert peer.wait_quietly(lambda: b"two" in peer.received)
    assert not peer.wait_quietly(lambda: b"three" in peer.received)
    with pytest.raises(Missing) as caught:
        peer.wait_until(lambda data: b"three" in data, expected="three lines")
    assert caught.value.expected == "three lines"


def test_nobody_listens(network: Network) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Missing) as caught:
        network.peer(port, shown_port=9128)
    assert caught.value.happened == "nothing listens on port 9128"
    assert caught.value.expected == "your server accepts connections on port 9128"


def test_a_server_on_ipv6_alone_is_found(network: Network) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no ::1")
    with listener:
        peer = network.peer(listener.getsockname()[1])
        peer.close()


def test_pieces_arrive_one_by_one(network: Network) -> None:
    pieces: list[bytes] = []
    peer = network.peer(network.student(lambda sock: pieces.extend(read_all(sock))))
    peer.send(b"hello you", faults=[Split(4)])
    peer.half_close()
    peer.wait_until_closed()
    assert pieces == [b"hell", b"o yo", b"u"]


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_leaves_in_the_middle(network: Network, reset: bool) -> None:
    ended: list[object] = []

    def handle(sock: socket.socket) -> None:
        try:
            ended.append(b"".join(read_all(sock)))
        except ConnectionResetError as error:
            ended.append(error)

    peer = network.peer(network.student(handle))
    peer.send(b"hello you", faults=[Reset(after=5) if reset else CloseEarly(after=5)])
    network.join()
    if reset:
        assert isinstance(ended[0], ConnectionResetError)
    else:
        assert ended == [b"hello"]
    with pytest.raises(RuntimeError, match="has closed its own connection"):
        peer.receive(1)


def test_a_peer_that_was_never_opened_can_be_closed_and_nothing_else(network: Network) -> None:
    peer = Peer(network.loop, network.transcript, 9, "nobody", PATIENCE)
    peer.close()
    with pytest.raises(RuntimeError, match="not connected"):
        peer.send(b"x")


def test_closing_twice_is_closing_once(network: Network) -> None:
    peer = network.peer(network.student(lambda sock: sock.recv(1)), name="Ann")
    peer.send(b"x")
    peer.wait_until_closed()
    peer.close()
    peer.close()
    assert network.what("Ann").count("closed") == 1


def test_a_broken_off_connection_is_a_reset_for_the_server(network: Network) -> None:
    seen: list[object] = []

    def handle(sock: socket.socket) -> None:
        try:
            sock.recv(1)
        except ConnectionResetError:
            seen.append("reset")

    network.peer(network.student(handle)).reset()
    network.join()
    assert seen == ["reset"]


def test_a_stalled_client_holds_back_eight_megabytes(network: Network, done: threading.Event) -> None:
    went: list[int] = []
    filled = threading.Event()

    def handle(sock: socket.socket) -> None:
        sock.setblocking(False)
        total = 0
        try:
            while total < 8_000_000:
                total += sock.send(b"x" * 65536)
        except BlockingIOError:
            pass
        went.append(total)
        filled.set()
        sock.settimeout(PATIENCE)
        sock.sendall(b"end\n")
        done.wait(PATIENCE)

    peer = network.peer(network.student(handle), name="Bob", stalled=True)
    assert filled.wait(PATIENCE)
    assert went[0] < 8_000_000
    assert peer.received == b""
    peer.unstall()
    assert peer.receive_until(b"end\n").removesuffix(b"end\n") == b"x" * went[0]


def test_a_client_can_stall_later(network: Network, done: threading.Event) -> None:
    def handle(sock: socket.socket) -> None:
        sock.sendall(b"first")
        sock.recv(1)
        sock.sendall(b"second")
        done.wait(PATIENCE)

    peer = network.peer(network.student(handle))
    assert peer.receive(5) == b"first"
    peer.stall()
    peer.unstall()
    peer.send(b"x")
    assert peer.receive(6) == b"second"


def test_a_server_that_stops_reading(network: Network, done: threading.Event) -> None:
    peer = network.peer(network.student(lambda sock: done.wait(PATIENCE)), patience=SHORT)
    with pytest.raises(TimedOut) as caught:
        peer.send(b"x" * 50_000_000)
    assert caught.value.happened.startswith("within 0.2 seconds your server read ")
    assert "of 50,000,000 bytes" in caught.value.happened


def test_a_server_that_floods(network: Network) -> None:
    network.transcript.ration = Ration(connection_bytes=MIB)

    def handle(sock: socket.socket) -> None:
        with pytest.raises(OSError):
            while True:
                sock.sendall(b"x" * 65536)

    peer = network.peer(network.student(handle))
    with pytest.raises(Mismatch, match="your program sent more than 1 MiB over one connection"):
        peer.receive_line()
    assert len(peer.received) < 2 * MIB
    peer.close()


def test_sending_to_a_server_that_has_gone_shows_in_the_next_wait(network: Network) -> None:
    peer = network.peer(network.student(lambda sock: None))
    peer.wait_until_closed()
    for _ in range(3):
        peer.send(b"hello")
    with pytest.raises(Missing, match="closed the connection without sending anything"):
        peer.receive(1)


def test_the_transcript_has_the_name_of_the_client(network: Network) -> None:
    peer = network.peer(network.student(sends(b"NEW Ann\n")), name="Ann", shown_port=9000)
    peer.send(b"ADD Ann\n")
    peer.receive_line()
    peer.half_close()
    peer.receive_all()
    peer.close()
    said = network.what("Ann")
    assert said[0] == "connected to port 9000"
    assert sorted(said[1:-1]) == ["half-closed", "received", "received the end of the data", "sent"]
    assert said[-1] == "closed"
