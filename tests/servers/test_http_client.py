import socket
import threading
from collections.abc import Callable
from functools import partial

import pytest

from grader.errors import Mismatch, Missing, TimedOut
from grader.servers.faults import Split
from grader.servers.http_client import http_request

from .conftest import PATIENCE, SHORT, Network, read_all

REPLY = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def read_head(sock: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += sock.recv(100)
    return request


def answers(reply: bytes, requests: list[bytes], stay: threading.Event | None = None) -> Callable[[socket.socket], None]:
    def handle(sock: socket.socket) -> None:
        requests.append(read_head(sock))
        sock.sendall(reply)
        if stay is not None:
            stay.wait(PATIENCE)

    return handle


def test_a_reply_comes_back(network: Network) -> None:
    requests: list[bytes] = []
    reply = http_request(network.peer, network.student(answers(REPLY, requests)), "GET", "/../x y")
    assert (reply.status, reply.body, reply.raw, reply.closed) == (200, b"hello", REPLY, True)
    assert requests == [b"GET /../x y HTTP/1.0\r\n\r\n"]


def test_a_request_in_pieces(network: Network) -> None:
    requests: list[bytes] = []
    headers = [("X-Name", "Ann")]
    http_request(network.peer, network.student(answers(REPLY, requests)), headers=headers, faults=[Split(1)])
    assert requests == [b"GET / HTTP/1.0\r\nX-Name: Ann\r\n\r\n"]


def test_raw_bytes_go_out_as_they_are(network: Network) -> None:
    requests: list[bytes] = []
    reply = http_request(network.peer, network.student(answers(REPLY[:-5], requests)), raw=b"HEAD /\x00 HTTP/9.9\r\n\r\n")
    assert requests == [b"HEAD /\x00 HTTP/9.9\r\n\r\n"]
    assert reply.body == b""


def test_a_server_that_stays_open_after_a_whole_reply(network: Network) -> None:
    stay = threading.Event()
    reply = http_request(network.peer, network.student(answers(REPLY, [], stay)))
    stay.set()
    assert (reply.body, reply.closed) == (b"hello", False)


def test_bytes_behind_the_promised_length_are_seen(network: Network) -> None:
    reply = http_request(network.peer, network.student(answers(REPLY + b" you", [])))
    assert (reply.content_length, reply.body) == (5, b"hello you")


def test_a_reply_that_never_ends(network: Network) -> None:
    stay = threading.Event()
    port = network.student(answers(REPLY[:-1], [], stay))
    with pytest.raises(TimedOut) as caught:
        http_request(partial(network.peer, patience=SHORT), port)
    stay.set()
    assert caught.value.did == "We sent the request 'GET / HTTP/1.0'"
    assert caught.value.happened.startswith("within 0.2 seconds no complete reply came, only 'HTTP/1.0 200 OK")


@pytest.mark.parametrize("raw", [b"<html>hello</html>", b"HTTP/1.0 two hundred\r\n\r\n"])
def test_what_is_not_http_is_shown(network: Network, raw: bytes) -> None:
    with pytest.raises(Mismatch) as caught:
        http_request(network.peer, network.student(answers(raw, [])))
    assert caught.value.expected == "an HTTP reply"
    assert caught.value.happened.startswith("the reply is not HTTP: ")
    assert raw[:6].decode() in caught.value.happened


def test_an_empty_reply_is_told(network: Network) -> None:
    with pytest.raises(Missing) as caught:
        http_request(network.peer, network.student(answers(b"", [])))
    assert caught.value.happened == "the server closed the connection without sending one byte"


def test_nobody_listens(network: Network) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Missing):
        http_request(network.peer, port)


def test_the_connection_is_closed_afterwards(network: Network) -> None:
    rest: list[bytes] = []

    def handle(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(REPLY)
        rest.extend(read_all(sock))  # ends when the client closes

    http_request(network.peer, network.student(handle))
    network.join()
    assert rest == []
    assert network.what("browser")[-1] == "closed"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 30_000, "more than 20,000 chunks"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, "more than 100 interim replies"),
    ],
)
def test_a_reply_in_more_parts_than_anybody_needs(network: Network, reply: bytes, why: str) -> None:
    with pytest.raises(Mismatch, match=why):
        http_request(network.peer, network.student(answers(reply, [])), version="HTTP/1.1")
