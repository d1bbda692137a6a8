"""Sends without end to the fake server, over many connections at once."""

import socket
import threading

BLOCK = bytes(1 << 20)


def flood() -> None:
    try:
        with socket.create_connection(("127.0.0.1", 9000)) as link:
            while True:
                link.sendall(BLOCK)
    except OSError:
        pass


threads = [threading.Thread(target=flood) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
