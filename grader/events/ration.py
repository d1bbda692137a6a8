"""How much a session takes in from the programs of one check, in bytes and connections. Counting only; no socket in here.

Without these bounds a program that floods a fake server would fill the memory of the session, which grades others, too.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from grader.limits import ALL_CONNECTIONS_BYTES, CONNECTION_BYTES, MIB, MOST_CONNECTIONS, OPEN_CONNECTIONS


@dataclass
class Ration:
    """What one check may still take in; `fault` says in words which bound was passed first, and is empty until then."""

    connection_bytes: int = CONNECTION_BYTES
    """Bytes of one connection."""
    most_bytes: int = ALL_CONNECTIONS_BYTES
    """Bytes of all connections together."""
    open_connections: int = OPEN_CONNECTIONS
    """Connections that one fake server holds at the same time."""
    most_connections: int = MOST_CONNECTIONS
    """Connections that all fake servers accept."""
    fault: str = ""
    _bytes: int = field(default=0, init=False)
    _connections: int = field(default=0, init=False)

    def take(self, size: int, of_connection: int) -> bool:
        """Count `size` bytes that came on a connection which has sent `of_connection` with them; False: read no further."""
        self._bytes += size
        if of_connection > self.connection_bytes:
            self._passed(f"your program sent more than {self.connection_bytes // MIB} MiB over one connection")
            return False
        if self._bytes > self.most_bytes:
            self._passed(f"your program sent more than {self.most_bytes // MIB} MiB over all its connections")
            return False
        return True

    def accept(self, already_open: int) -> bool:
        """Count a connection; False: it is one too many."""
        if already_open >= self.open_connections:
            self._passed(f"your program made more than {self.open_connections} connections at the same time")
            return False
        if self._connections >= self.most_connections:
            self._passed(f"your program made more than {self.most_connections} connections")
            return False
        self._connections += 1
        return True

    def _passed(self, fault: str) -> None:
        self.fault = self.fault or fault


def without_end() -> Ration:
    """For a server that runs as long as its user likes (`grader serve`); the bounds of one connection and one moment stay."""
    return Ration(most_bytes=sys.maxsize, most_connections=sys.maxsize)
