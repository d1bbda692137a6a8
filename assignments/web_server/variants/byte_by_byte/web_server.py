"""A web server that reads no byte behind the head, with HEAD, Date and an explanation for every error."""

import socket
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote

WORDS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


def head_of(connection):
    """The head of a request. Raises EOFError when the client leaves before its end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise EOFError
        head += byte
    return head


def page_named(target, folder):
    """Raises OSError or ValueError for everything that is no page in the folder."""
    page = (folder / unquote(target.split("?")[0])[1:].lstrip("/")).resolve()
    if folder not in page.parents:
        raise FileNotFoundError
    return page.read_bytes()


def answer(head, folder):
    try:
        method, target, version = head.split(b"\r\n")[0].decode().split(" ")
        if not version.startswith("HTTP/") or not target.startswith("/"):
            raise ValueError
    except ValueError:
        return 400, b"I do not understand this.", True
    if method not in ("GET", "HEAD"):
        return 405, b"Only GET and HEAD.", True
    try:
        return 200, page_named(target, folder), method == "GET"
    except (OSError, ValueError):
        return 404, b"There is nothing of this name.", method == "GET"


def serve(connection, folder):
    with connection:
        try:
            code, body, with_body = answer(head_of(connection), folder)
            lines = [f"HTTP/1.0 {code} {WORDS[code]}", f"Date: {formatdate(usegmt=True)}", f"Content-Length: {len(body)}", "", ""]
            connection.sendall("\r\n".join(lines).encode() + (body if with_body else b""))
        except (OSError, EOFError):
            pass


with ThreadPoolExecutor(16) as pool, socket.create_server(("127.0.0.1", 8080)) as listener:
    while True:
        pool.submit(serve, listener.accept()[0], Path.cwd().resolve())
