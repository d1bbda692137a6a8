"""Receiving over TCP. recv() has four outcomes: as much as was asked for, less than that, nothing yet, or the end."""


class ConnectionLost(Exception):
    """The other side broke the connection off, or closed it before all that was wanted had come."""


def receive_line(sock):
    """Return the next line as bytes, without the newline that ends it, and take nothing behind that newline.

    `sock` is a connected socket. Raise ConnectionLost when the connection ends before the newline has come.
    """
    # TODO: one recv() may bring a part of the line, or more than the line. Which max_bytes is never too much?
    return b""


def receive_exactly(sock, count):
    """Return the next `count` bytes. Raise ConnectionLost when the connection ends before so many have come."""
    # TODO: recv() until they are all there; ask for no more than are still missing.
    return b""


def receive_all(sock):
    """Return all bytes until the other side closes. Raise ConnectionLost when it breaks the connection off."""
    # TODO: recv() until it returns b"".
    return b""


def outcome(sock, max_bytes, patience):
    """Call recv(max_bytes) once, wait at most `patience` seconds, and return which of its four outcomes it was.

    "full": as many bytes as asked for; "partial": fewer, but some; "waiting": none within `patience`; "closed": the end.
    The socket's own timeout is afterwards what it was before. Raise ConnectionLost after a reset.
    """
    # TODO: gettimeout() and settimeout(); with a timeout, a recv() for which nothing comes raises TimeoutError.
    # TODO: a reset raises ConnectionResetError in recv(), in all four functions: raise ConnectionLost instead.
    return ""
