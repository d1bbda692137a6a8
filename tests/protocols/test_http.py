import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocols.http import NotHttp, is_complete, parse_reply, reply_bytes, request_bytes

REPLY = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


def test_a_request_keeps_its_target() -> None:
    assert request_bytes("GET", "/../%2e%2e/x") == b"GET /../%2e%2e/x HTTP/1.0\r\n\r\n"


def test_a_request_of_version_1_1_names_a_host() -> None:
    assert request_bytes(version="HTTP/1.1") == b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert request_bytes(version="HTTP/1.1", headers=[("host", "me")]) == b"GET / HTTP/1.1\r\nhost: me\r\n\r\n"


def test_a_body_has_its_length() -> None:
    assert request_bytes("POST", "/form", body=b"a=1") == b"POST /form HTTP/1.0\r\nContent-Length: 3\r\n\r\na=1"


def test_a_reply_is_taken_apart() -> None:
    reply = parse_reply(REPLY, closed=True)
    assert reply is not None
    assert (reply.status, reply.reason, reply.body, reply.raw) == (200, "OK", b"hello", REPLY)
    assert reply.headers == {"content-type": "text/plain", "content-length": "5"}
    assert reply.content_length == 5
    assert reply.crlf


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_bare_lf_is_read_and_told(line_end: bytes) -> None:
    reply = parse_reply(b"HTTP/1.0 200 OK\r\nContent-Length: 1" + line_end + line_end + b"\n", closed=True)
    assert reply is not None
    assert reply.body == b"\n"
    assert reply.crlf == (line_end == b"\r\n")


@given(st.integers(0, len(REPLY) - 1))
def test_a_part_of_a_reply_is_not_complete(count: int) -> None:
    assert parse_reply(REPLY[:count]) is None
    assert not is_complete(REPLY[:count])


def test_content_length_makes_a_reply_complete() -> None:
    assert is_complete(REPLY)
    assert not is_complete(REPLY.replace(b"Content-Length", b"X-Length"))


def test_a_head_has_no_body() -> None:
    assert is_complete(REPLY.removesuffix(b"hello"), method="HEAD")


@pytest.mark.parametrize("body", [b"", b"hell", b"hello you"])
def test_a_wrong_content_length_is_left_to_the_check(body: bytes) -> None:
    reply = parse_reply(REPLY.removesuffix(b"hello") + body, closed=True)
    assert reply is not None
    assert (reply.body, reply.content_length) == (body, 5)


def test_a_header_that_came_twice_has_both_values() -> None:
    reply = parse_reply(b"HTTP/1.0 404 Not Found\r\nX-A: 1\r\nx-a: 2\r\n\r\n", closed=True)
    assert reply is not None
    assert (reply.status, reply.headers) == (404, {"x-a": "1, 2"})


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"


def test_chunks_are_put_together() -> None:
    reply = parse_reply(CHUNKED)
    assert reply is not None
    assert (reply.body, reply.raw) == (b"hello", CHUNKED)
    assert parse_reply(CHUNKED[:-2]) is None
    with pytest.raises(NotHttp):
        parse_reply(CHUNKED[:-2], closed=True)


def test_an_informational_reply_comes_before_the_real_one() -> None:
    reply = parse_reply(b"HTTP/1.1 100 Continue\r\n\r\n" + REPLY)
    assert reply is not None
    assert reply.status == 200


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"<html>hello</html>\r\n\r\n", "status line"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", "before the empty line"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: five\r\n\r\n", "Content-Length"),
        (b"\x00\x01\x02", "illegal"),
    ],
)
def test_what_is_not_http_is_told_in_words(raw: bytes, words: str) -> None:
    with pytest.raises(NotHttp, match=words):
        parse_reply(raw, closed=True)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_reply_or_not_http(raw: bytes, closed: bool) -> None:
    try:
        parse_reply(raw, closed=closed)
    except NotHttp as error:
        assert str(error)


@given(st.binary(max_size=100))
def test_our_own_reply_is_read_again(body: bytes) -> None:
    reply = parse_reply(reply_bytes(404, "Not Found", [("X-A", "b")], body))
    assert reply is not None
    assert (reply.status, reply.reason, reply.body, reply.crlf) == (404, "Not Found", body, True)
