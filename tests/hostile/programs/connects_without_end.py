"""Connects again and again, a hundred thousand times."""

import socket

for _ in range(100_000):
    try:
        socket.create_connection(("127.0.0.1", 9000)).close()
    except OSError:
        break
