"""Receiving over TCP. recv() has four outcomes: as much as was asked for, less than that, nothing yet, or the end."""

LINE_END = b"\n"
CHUNK = 4096  # bytes to ask for when it does not matter how many come at once


class ConnectionLost(Exception):
    """The other side broke the connection off, or closed it before all that was wanted had come."""


def receive_some(sock, max_bytes):
    """Return what one recv() brings, b"" at the end. Raise ConnectionLost when the other side has reset the connection."""
    try:
        return sock.recv(max_bytes)
    except ConnectionResetError as error:
        raise ConnectionLost("the other side broke the connection off") from error


def receive_line(sock):
    """Return the next line as bytes, without the newline that ends it, and take nothing behind that newline.

    Raise ConnectionLost when the connection ends before the newline has come.
    """
    line = b""
    while not line.endswith(LINE_END):
        byte = receive_some(sock, 1)  # one at a time: what follows the newline is for whoever reads next
        if not byte:
            raise ConnectionLost(f"the other side closed the connection after {line!r}, without a newline")
        line += byte
    return line.removesuffix(LINE_END)


def receive_exactly(sock, count):
    """Return the next `count` bytes. Raise ConnectionLost when the connection ends before so many have come."""
    data = b""
    while len(data) < count:
        piece = receive_some(sock, count + len(data))
        if not piece:
            raise ConnectionLost(f"the other side closed the connection after {len(data)} of {count} bytes")
        data += piece
    return data


def receive_all(sock):
    """Return all bytes until the other side closes. Raise ConnectionLost when it breaks the connection off."""
    pieces = []
    while piece := receive_some(sock, CHUNK):
        pieces.append(piece)
    return b"".join(pieces)


def outcome(sock, max_bytes, patience):
    """Call recv(max_bytes) once, wait at most `patience` seconds, and return which of its four outcomes it was.

    "full": as many bytes as asked for; "partial": fewer, but some; "waiting": none within `patience`; "closed": the end.
    The socket's own timeout is afterwards what it was before. Raise ConnectionLost after a reset.
    """
    before = sock.gettimeout()
    sock.settimeout(patience)
    try:
        data = receive_some(sock, max_bytes)
    except TimeoutError:
        return "waiting"
    finally:
        sock.settimeout(before)
    if not data:
        return "closed"
    return "full" if len(data) == max_bytes else "partial"
