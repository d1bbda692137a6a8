import socket
from pathlib import Path
from urllib.parse import unquote


def read_head(client):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(4096)
        if not piece:
            return b""
        head += piece
    return head


def answer(head):
    words = head.split(b"\r\n")[0].decode().split()
    if not words:
        return b""
    method, target = words[:2]
    if method != "GET":
        return b"HTTP/1.0 501 Not Implemented\r\n\r\n"
    page = Path(unquote(target).lstrip("/")).resolve()
    if not page.is_relative_to(Path.cwd()) or not page.is_file():
        return b"HTTP/1.0 404 Not Found\r\n\r\n"
    content = page.read_bytes()
    return f"HTTP/1.0 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


listener = socket.create_server(("localhost", 8080))
while True:
    client, address = listener.accept()
    with client:
        try:
            client.sendall(answer(read_head(client)))
        except OSError:
            pass  # the client has left
