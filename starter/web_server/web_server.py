"""A small web server: it serves the files of the current directory on localhost, port 8080, in HTTP/1.0.

Fill in the functions below. You may change them, add your own or use other modules: only what goes over the connection counts.
"""

from pathlib import Path
from socket import socket
from socketserver import BaseRequestHandler, TCPServer
from urllib.parse import unquote

ADDRESS = ("localhost", 8080)


def read_head(connection: socket) -> bytes:
    """Read a request up to its blank line. What comes back is shorter if the client leaves before that."""
    # TODO: one recv() may return any part of the request. Go on until b"\r\n\r\n" is there, or recv() returns b"".
    return b""


def find_page(target: str, folder: Path) -> Path | None:
    """Return the file that the target of a request names, or None if there is no such file in the folder."""
    # TODO: decode %20 and the like with unquote(), once. Never return a file outside the folder.
    return None


def build_reply(status: str, body: bytes) -> bytes:
    """Put a reply together. `status` is the code and the reason, such as "200 OK"."""
    # TODO: status line, Content-Length (in bytes), an empty line, the body. Each line of the head ends with "\r\n".
    return b""


def answer(head: bytes, folder: Path) -> bytes:
    """Return the whole reply to a request: 200, 404, or 501 for another method than GET."""
    # TODO: find the method and the target in the first line, then use find_page() and build_reply().
    return b""


class PageHandler(BaseRequestHandler):
    """Serve one client. The server closes the connection afterwards."""

    def handle(self) -> None:
        # TODO: self.request is the socket: read the head from it, send the answer with sendall().
        pass


def main() -> None:
    # TODO: start a TCPServer with ADDRESS and PageHandler, and let it serve for ever.
    print("web_server.py does not serve anything yet.")


if __name__ == "__main__":
    main()
