"""A client of the daytime protocol (RFC 867)."""

import select
import socket
from dataclasses import dataclass


@dataclass
class Daytime:
    host: str
    port: int = 13
    patience: float = 5

    def ask(self) -> str:
        """Return what the server says, without newlines around it. Raises OSError, EOFError or UnicodeDecodeError."""
        with socket.create_connection((self.host, self.port)) as connection:
            connection.setblocking(False)
            received, size = bytearray(1 << 18), 0
            while size < len(received):
                if not select.select([connection], [], [], self.patience)[0]:
                    raise TimeoutError(f"{self.host} says nothing")
                count = connection.recv_into(memoryview(received)[size:])
                if not count:
                    break
                size += count
        if not size:
            raise EOFError(f"{self.host} closed without a word")
        return received[:size].decode("ascii").strip("\n ")
