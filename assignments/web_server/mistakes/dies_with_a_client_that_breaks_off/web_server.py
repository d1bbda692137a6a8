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
    words = head.split(b"\r\n")[0].decode("latin-1").split()
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
        head = read_head(client)
        try:
            client.sendall(answer(head))
        except (ValueError, OSError):
            client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
