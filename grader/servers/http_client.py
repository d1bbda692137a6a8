"""One HTTP request to a student's server, for a check. How a request and a reply look stands in `grader.protocols.http`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from grader.errors import Gone, Mismatch, TimedOut
from grader.protocols.http import HttpReply, NotHttp, is_complete, parse_reply, request_bytes
from grader.servers.client import Peer
from grader.servers.faults import Fault
from grader.servers.words import quoted

__all__ = ["HttpReply", "http_request"]

_CLOSING_TIME = 1.0
"""Seconds that a server gets to close after a reply that is complete."""


class Connect(Protocol):
    """The fixture `connect`."""

    def __call__(self, port: int, name: str = ...) -> Peer: ...


def http_request(
    connect: Connect,
    port: int,
    method: str = "GET",
    target: str = "/",
    version: str = "HTTP/1.0",
    headers: Sequence[tuple[str, str]] = (),
    faults: Sequence[Fault] = (),
    raw: bytes | None = None,
    body: bytes = b"",
) -> HttpReply:
    """Send one request (or the bytes `raw`) and return the reply; the connection is closed afterwards.

    Raises Mismatch with the bytes if they are not HTTP, TimedOut if the reply does not become complete. `HttpReply.closed` is
    False if the server kept the connection open for another second after the whole reply.
    """
    request = request_bytes(method, target, version, headers, body) if raw is None else raw
    asked = request.split(b" ", 1)[0].decode("latin-1")
    first_line = request.split(b"\r\n", 1)[0]
    did = f"We sent the request {quoted(first_line)}"
    peer = connect(port, name="browser")
    try:
        peer.send(request, faults)
        complete = peer.wait_quietly(lambda: is_complete(peer.received, method=asked))
        if not complete and not peer.closed_by_server:
            so_far = f", only {quoted(peer.received)}" if peer.received else ""
            raise peer.overdue(f"no complete reply came{so_far}", did=did, expected="a whole HTTP reply")
        if not peer.received:
            happened = "the server closed the connection without sending one byte"
            raise Gone(happened, did=did, expected="a whole HTTP reply")
        closed = peer.wait_quietly(lambda: peer.closed_by_server, _CLOSING_TIME)
        reply = parse_reply(peer.received, method=asked, closed=closed)
    except NotHttp as error:
        happened = f"the reply is not HTTP: {error}; it was {quoted(peer.received)}"
        raise Mismatch(happened, did=did, expected="an HTTP reply") from None
    finally:
        peer.close()
    if reply is None:  # its head is complete, and its body ends only when the server closes
        raise TimedOut("the reply never became complete", did=did, expected="a whole HTTP reply")
    return reply
