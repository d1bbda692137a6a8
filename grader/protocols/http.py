"""One request and one reply of HTTP/1.0 or 1.1 (RFC 1945, RFC 9112), as bytes; h11 reads the reply. No socket in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h11

_LARGEST_HEAD = 64 * 1024
_MOST_CHUNKS = 20_000
_MOST_INTERIM = 100
_NO_BODY = frozenset({204, 304})


class NotHttp(Exception):
    """The bytes are no HTTP reply; the text says what is wrong with them."""


@dataclass(frozen=True)
class HttpReply:
    """A server's reply. `headers` has names in lower case; a header that came twice has both values, joined by `, `.

    `body` is all that came after the head, whatever Content-Length says (unless it came in chunks); `raw` is everything.
    `closed` tells whether the server closed the connection after the reply.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    head: bytes
    body: bytes
    raw: bytes
    closed: bool

    @property
    def crlf(self) -> bool:
        """Whether every line of the head ends in CR LF, as it must; h11 forgives a bare LF."""
        return self.head.count(b"\n") == self.head.count(b"\r\n")

    @property
    def content_length(self) -> int | None:
        """What the header promises, in bytes."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isdecimal() else None


def request_bytes(
    method: str = "GET",
    target: str = "/",
    version: str = "HTTP/1.0",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
) -> bytes:
    """A request. `target` goes out as it is: `/../x` stays `/../x`.

    Host is added for HTTP/1.1 and Content-Length for a body, unless `headers` has them.
    """
    names = {name.lower() for name, _ in headers}
    fields = list(headers)
    if version == "HTTP/1.1" and "host" not in names:
        fields.insert(0, ("Host", "localhost"))
    if body and "content-length" not in names:
        fields.append(("Content-Length", str(len(body))))
    lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("utf-8") + body


def reply_bytes(status: int, reason: str, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """A reply of HTTP/1.0, with the Content-Length of `body`."""
    fields = [*headers, ("Content-Length", str(len(body)))]
    lines = [f"HTTP/1.0 {status} {reason}", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def parse_reply(raw: bytes, *, method: str = "GET", closed: bool = False) -> HttpReply | None:
    """Read the reply to a request with `method`. None if more has to come; raises NotHttp.

    A reply is complete when its Content-Length (or its last chunk) has come, or when the server has `closed`. A body that is
    longer or shorter than Content-Length is not an error here: compare the two where it matters.
    """
    import h11  # not above: most sessions speak no HTTP

    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
    reader.send(h11.Request(method="HEAD" if method == "HEAD" else "GET", target="/", headers=[("Host", "localhost")]))
    reader.send(h11.EndOfMessage())
    if raw:
        reader.receive_data(raw)
    if closed:
        reader.receive_data(b"")
    response = _next_response(reader, raw)
    if response is None:
        return None
    rest = reader.trailing_data[0]
    headers = _by_name(response.headers)
    reply = HttpReply(
        status=response.status_code,
        reason=response.reason.decode("latin-1"),
        headers=headers,
        head=raw[: len(raw) - len(rest)],
        body=rest,
        raw=raw,
        closed=closed,
    )
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _chunked_body(reader)
        return None if body is None else replace(reply, body=body)
    return reply if closed or _has_whole_body(reply, method) else None


def is_complete(raw: bytes, *, method: str = "GET") -> bool:
    """Whether nothing more needs to come: the reply is whole, or it can no longer become one."""
    try:
        return parse_reply(raw, method=method) is not None
    except NotHttp:
        return True


def _next_response(reader: h11.Connection, raw: bytes) -> h11.Response | None:
    import h11

    try:
        event = reader.next_event()
        interim = 0
        while isinstance(event, h11.InformationalResponse):
            interim += 1
            if interim > _MOST_INTERIM:
                raise NotHttp(f"it begins with more than {_MOST_INTERIM} interim replies (status 1xx)")
            event = reader.next_event()
    except h11.RemoteProtocolError as error:
        raise NotHttp(_in_plain_words(str(error), raw)) from None
    return event if isinstance(event, h11.Response) else None


def _in_plain_words(problem: str, raw: bytes) -> str:
    """h11's words for what beginners meet most are those of a protocol engine; the rest of its messages are plain."""
    if not raw:
        return "it is empty"
    if problem.startswith("illegal status line"):
        return "its first line is not a status line such as HTTP/1.0 200 OK"
    if problem.startswith("peer unexpectedly closed"):
        return "it ends before the empty line that ends the headers"
    return problem


def _by_name(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _chunked_body(reader: h11.Connection) -> bytes | None:
    """The body without its chunk marks (RFC 9112, 7.1); None if more has to come."""
    import h11

    body, chunks = bytearray(), 0
    try:
        while isinstance(event := reader.next_event(), h11.Data):
            body += event.data
            chunks += 1
            if chunks > _MOST_CHUNKS:
                raise NotHttp(f"its body comes in more than {_MOST_CHUNKS:,} chunks")
    except h11.RemoteProtocolError as error:
        raise NotHttp(str(error)) from None
    return bytes(body) if isinstance(event, h11.EndOfMessage) else None


def _has_whole_body(reply: HttpReply, method: str) -> bool:
    if method == "HEAD" or reply.status in _NO_BODY:
        return True
    return reply.content_length is not None and len(reply.body) >= reply.content_length
