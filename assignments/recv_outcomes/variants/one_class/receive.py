"""Receiving as methods of a class; the functions of the assignment are its methods, with a socket put in."""

import contextlib

from lost import ConnectionLost

__all__ = ["ConnectionLost", "outcome", "receive_all", "receive_exactly", "receive_line"]


class Receiver:
    def __init__(self, sock):
        self.sock = sock

    def some(self, size):
        try:
            data, *_ = self.sock.recvmsg(size)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise ConnectionLost from error
        return data

    def line(self, so_far=b""):
        while not so_far.endswith(b"\n"):
            so_far += self.some(1) or self.too_early(so_far)
        return so_far[: -len(b"\n")]

    def exactly(self, count):
        data = []
        while count > 0:
            data.append(self.some(min(count, 100)) or self.too_early(b"".join(data)))
            count -= len(data[-1])
        return b"".join(data)

    def all(self):
        data = last = self.some(65536)
        while last:
            last = self.some(65536)
            data += last
        return data

    def outcome(self, max_bytes, patience):
        before, data = self.sock.gettimeout(), None
        try:
            with contextlib.suppress(TimeoutError):
                self.sock.settimeout(patience)
                data = self.some(max_bytes)
        finally:
            self.sock.settimeout(before)
        if data is None:
            return "waiting"
        return ("closed" if data == b"" else "partial") if len(data) < max_bytes else "full"

    @staticmethod
    def too_early(data):
        raise ConnectionLost(data)


def receive_line(sock):
    return Receiver(sock).line()


def receive_exactly(sock, count):
    return Receiver(sock).exactly(count)


def receive_all(sock):
    return Receiver(sock).all()


def outcome(sock, max_bytes, patience):
    return Receiver(sock).outcome(max_bytes, patience)
