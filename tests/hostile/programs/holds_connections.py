"""Connects as often as it may and holds every connection."""

import socket

links = []
try:
    while len(links) < 5000:
        links.append(socket.create_connection(("127.0.0.1", 9000)))
except OSError:
    pass
for link in links:
    link.close()
