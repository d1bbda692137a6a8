"""A small web server: it serves the files of the current directory on localhost, port 8080, in HTTP/1.0."""

import mimetypes
from pathlib import Path
from socket import socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import unquote

ADDRESS = ("localhost", 8080)
END_OF_HEAD = b"\r\n\r\n"
LONGEST_HEAD = 65536  # bytes; nobody may fill our memory with a request that never ends


def read_head(connection: socket) -> bytes:
    """Read a request up to its blank line. What comes back is shorter if the client leaves before that."""
    head = b""
    while END_OF_HEAD not in head and len(head) < LONGEST_HEAD:
        piece = connection.recv(4096)
        if not piece:
            break
        head += piece
    return head


def find_page(target: str, folder: Path) -> Path | None:
    """Return the file that the target of a request names, or None if there is no such file in the folder."""
    name = unquote(target.partition("?")[0]).lstrip("/")
    try:
        page = (folder / name).resolve()
        found = page.is_relative_to(folder.resolve()) and page.is_file()
    except (OSError, ValueError):  # a name that no file can have: too long, or with a zero byte
        return None
    return page if found else None


def build_reply(status: str, body: bytes, content_type: str = "text/plain") -> bytes:
    """Put a reply together. `status` is the code and the reason, such as "200 OK"."""
    lines = [f"HTTP/1.0 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("ascii") + END_OF_HEAD + body


def answer(head: bytes, folder: Path) -> bytes:
    """Return the whole reply to a request."""
    words = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
    if len(words) != 3:
        return build_reply("400 Bad Request", b"This is not an HTTP request.\n")
    method, target, _version = words
    if method not in ("GET", "HEAD"):
        return build_reply("501 Not Implemented", b"This server knows GET and HEAD only.\n")
    page = find_page(target, folder)
    if page is None:
        return build_reply("404 Not Found", b"There is no such page here.\n")
    content_type = mimetypes.guess_type(page.name)[0] or "application/octet-stream"
    reply = build_reply("200 OK", page.read_bytes(), content_type)
    if method == "HEAD":
        return reply.partition(END_OF_HEAD)[0] + END_OF_HEAD
    return reply


class PageHandler(BaseRequestHandler):
    """Serve one client. The server closes the connection afterwards."""

    def handle(self) -> None:
        try:
            head = read_head(self.request)
            if END_OF_HEAD in head:
                self.request.sendall(answer(head, Path.cwd()))
        except ConnectionError:
            pass  # the client has left: nobody is there to answer


class PageServer(ThreadingTCPServer):
    allow_reuse_address = True  # start again at once after a stop
    daemon_threads = True  # Ctrl-C does not wait for clients


def main() -> None:
    with PageServer(ADDRESS, PageHandler) as server:
        print(f"Serving {Path.cwd()} on http://{ADDRESS[0]}:{ADDRESS[1]}/ (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Good-bye.")


if __name__ == "__main__":
    main()
