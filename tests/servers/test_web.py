from pathlib import Path

import pytest

from grader.servers.faults import Split
from grader.servers.http_client import http_request
from grader.servers.web import WebServer

from .conftest import Network


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "site"
    (root / "folder").mkdir(parents=True)
    (root / "a page.html").write_bytes(b"<p>\xc3\xa9\xff\x00")
    (root / "link").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.fixture
def port(network: Network, root: Path) -> int:
    server = network.serve(WebServer)
    server.start(root)
    return network.ports.real[8080]


def test_a_file_is_served_byte_for_byte(network: Network, port: int) -> None:
    reply = http_request(network.peer, port, target="/a%20page.html?x=1", faults=[Split(3)])
    assert (reply.status, reply.reason, reply.body, reply.closed, reply.crlf) == (200, "OK", b"<p>\xc3\xa9\xff\x00", True, True)
    assert (reply.content_length, reply.headers["content-type"]) == (7, "text/html")


def test_head_has_the_length_and_no_body(network: Network, port: int) -> None:
    reply = http_request(network.peer, port, "HEAD", "/a%20page.html")
    assert (reply.status, reply.content_length, reply.body) == (200, 7, b"")


OUTSIDE = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/link"]
NOWHERE = ["/", "/folder", "/none", "/a%00", "/" + "x" * 5000]


@pytest.mark.parametrize("target", OUTSIDE + NOWHERE)
def test_anything_else_is_not_found(network: Network, port: int, target: str) -> None:
    reply = http_request(network.peer, port, target=target)
    assert reply.status == 404
    assert b"secret" not in reply.raw


def test_other_methods_and_nonsense_are_refused(network: Network, port: int) -> None:
    assert http_request(network.peer, port, "POST", "/a%20page.html", body=b"a=1").status == 501
    assert http_request(network.peer, port, raw=b"hello\r\n\r\n").status == 400


def test_a_visitor_that_leaves_at_once_does_no_harm(network: Network, port: int) -> None:
    network.peer(port).close()
    assert http_request(network.peer, port, target="/none").status == 404
