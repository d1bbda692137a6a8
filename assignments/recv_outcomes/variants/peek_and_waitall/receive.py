"""Receiving with the flags of recv(): look without taking, wait for all, do not wait."""

import select
import socket
from typing import Final

PAGE: Final = 4096


class ConnectionLost(ConnectionError):
    """Broken off, or closed too early."""


class ClosedTooEarly(ConnectionLost):
    pass


def _recv(sock: socket.socket, size: int, flags: int = 0) -> bytes:
    try:
        return sock.recv(size, flags)
    except ConnectionResetError as error:
        raise ConnectionLost(error.errno, "reset") from error


def receive_line(sock: socket.socket) -> bytes:
    line = b""
    while True:
        seen = _recv(sock, PAGE, socket.MSG_PEEK)
        if not seen:
            raise ClosedTooEarly(f"{len(line)} bytes and no newline")
        end = seen.find(b"\n")
        line += _recv(sock, len(seen) if end < 0 else end + 1)  # seen is there: this does not wait
        if end >= 0:
            return line[:-1]


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while missing := count - len(data):  # a signal may end MSG_WAITALL early
        piece = _recv(sock, missing, socket.MSG_WAITALL)
        if not piece:
            raise ClosedTooEarly(f"{missing} bytes are missing")
        data += piece
    return data


def receive_all(sock: socket.socket) -> bytes:
    return b"".join(iter(lambda: _recv(sock, PAGE), b""))


def outcome(sock: socket.socket, max_bytes: int, patience: float) -> str:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    if not poll.poll(patience * 1000):
        return "waiting"
    match len(_recv(sock, max_bytes)):
        case 0:
            return "closed"
        case count if count == max_bytes:
            return "full"
        case _:
            return "partial"
