"""A web server for one client at a time."""

import html
import os
import socket
from pathlib import Path
from urllib.parse import unquote_to_bytes


def serve(connection):
    with connection, connection.makefile("rb") as lines:
        request = lines.readline(8192)
        while lines.readline(8192) not in (b"\r\n", b"\n", b""):
            pass  # header lines do not matter
        words = request.split()
        if len(words) < 2:
            return
        if words[0] not in (b"GET", b"HEAD"):
            send_head(connection, b"501 No", 0)
            return
        page = find(words[1])
        if page is None:
            send_head(connection, b"404 No", 0)
        elif page.is_dir():
            names = "".join(f"<li>{html.escape(name)}</li>" for name in sorted(os.listdir(page))).encode()
            send_head(connection, b"200 OK", len(names))
            if words[0] == b"GET":
                connection.sendall(names)
        else:
            send_head(connection, b"200 OK", page.stat().st_size)
            if words[0] == b"GET":
                with page.open("rb") as file:
                    connection.sendfile(file)


def find(target):
    name = os.fsdecode(unquote_to_bytes(target)).replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    page = Path(*parts) if parts else Path(".")
    try:
        safe = ".." not in parts and page.resolve().is_relative_to(Path.cwd())
        return page if safe and page.exists() else None
    except (OSError, ValueError):
        return None


def send_head(connection, status, length):
    connection.sendall(b"HTTP/1.0 %s\r\nServer: tiny\r\ncontent-length: %d\r\n\r\n" % (status, length))


listener = socket.create_server(("", 8080))
while True:
    client, address = listener.accept()
    client.settimeout(5)
    try:
        serve(client)
    except (OSError, UnicodeError) as problem:
        print(*address[:2], problem, flush=True)
