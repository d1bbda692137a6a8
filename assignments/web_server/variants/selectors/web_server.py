"""A web server of generators: each serves a client and yields the event that it waits for."""

import contextlib
import selectors
import socket
from pathlib import Path
from urllib.parse import unquote

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
FOLDER = Path.cwd().resolve()
selector = selectors.DefaultSelector()


def client(connection):
    head = bytearray()
    while b"\r\n\r\n" not in head and len(head) < 100_000:
        yield READ
        data = connection.recv(1500)
        if not data:
            return
        head.extend(data)
    unsent = memoryview(reply(bytes(head)))
    while unsent:
        yield WRITE
        unsent = unsent[connection.send(unsent) :]


def reply(head):
    method, target, *_ = [*head.split(b"\r\n")[0].split(b" "), b"", b""]
    if method != b"GET":
        return b"HTTP/1.0 501 Not Implemented\r\nContent-Length: 0\r\n\r\n"
    wanted = "./" + unquote(target.decode("latin-1"), "latin-1").encode("latin-1").decode("utf-8", "replace")
    for page in pages():
        if page == Path(wanted):
            content = page.read_bytes()
            return b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content
    return b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def pages():
    """All files that may be served: what is not on this list does not exist, whatever the request calls it."""
    return [path for path in Path().rglob("*") if path.is_file() and FOLDER in path.resolve().parents]


def step(connection, generator):
    try:
        selector.register(connection, next(generator), generator)
    except (StopIteration, OSError):
        connection.close()


with socket.create_server(("localhost", 8080)) as listener:
    listener.setblocking(False)
    selector.register(listener, READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    step(connection, client(connection))
            else:
                selector.unregister(key.fileobj)
                step(key.fileobj, key.data)
