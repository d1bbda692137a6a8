"""Receiving by way of makefile() without a buffer: such a file takes nothing from the socket that it does not return."""

import select
from contextlib import contextmanager


class ConnectionLost(Exception):
    pass


@contextmanager
def file_over(sock):
    try:
        with sock.makefile("rb", buffering=0) as file:  # to close the file does not close the socket
            yield file
    except ConnectionError as error:
        raise ConnectionLost(str(error)) from error


def receive_line(sock):
    with file_over(sock) as file:
        line = file.readline()
    if line[-1:] != b"\n":
        raise ConnectionLost("no newline")
    return line[:-1]


def receive_exactly(sock, count):
    data = bytearray()
    with file_over(sock) as file:
        while len(data) != count:
            piece = file.read(count - len(data))
            if not piece:
                raise ConnectionLost("too early")
            data += piece
    return bytes(data)


def receive_all(sock):
    with file_over(sock) as file:
        return file.readall()


def outcome(sock, max_bytes, patience):
    readable, _, _ = select.select([sock], [], [], patience)
    if not readable:
        return "waiting"
    try:
        data = sock.recv(max_bytes)
    except ConnectionResetError:
        raise ConnectionLost from None
    return "closed" if not data else "full" if len(data) == max_bytes else "partial"
