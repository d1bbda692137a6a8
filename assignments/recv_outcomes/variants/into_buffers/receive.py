"""Receiving into buffers of our own."""

import functools
import socket
import struct


class ConnectionLost(Exception):
    def __init__(self, received):
        super().__init__(f"lost after {bytes(received)!r}")
        self.received = received


def may_break_off(function):
    @functools.wraps(function)
    def wrapper(sock, *arguments):
        try:
            return function(sock, *arguments)
        except ConnectionResetError as reset:
            raise ConnectionLost(b"") from reset

    return wrapper


def fill(sock, view):
    """Fill the view; return how many bytes it holds at the end, fewer only if there were no more."""
    filled = 0
    while filled < len(view):
        count = sock.recv_into(view[filled:])
        if count == 0:
            break
        filled += count
    return filled


@may_break_off
def receive_line(sock):
    line, byte = bytearray(), bytearray(1)
    while fill(sock, memoryview(byte)):
        if byte == b"\n":
            return bytes(line)
        line += byte
    raise ConnectionLost(line)


@may_break_off
def receive_exactly(sock, count):
    buffer = bytearray(count)
    filled = fill(sock, memoryview(buffer))
    if filled < count:
        raise ConnectionLost(buffer[:filled])
    return bytes(buffer)


@may_break_off
def receive_all(sock):
    everything, buffer = b"", bytearray(8192)
    while filled := fill(sock, memoryview(buffer)):
        everything += buffer[:filled]
    return everything


@may_break_off
def outcome(sock, max_bytes, patience):
    before = sock.gettimeout()
    sock.setblocking(True)  # the system keeps the time, not Python
    microseconds = max(1, int(patience * 1_000_000))  # 0 would mean: for ever
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", *divmod(microseconds, 1_000_000)))
    try:
        count = sock.recv_into(bytearray(max_bytes))
    except BlockingIOError:
        return "waiting"
    finally:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))
        sock.settimeout(before)
    return {0: "closed", max_bytes: "full"}.get(count, "partial")
