#!/usr/bin/env python3
"""An echo server as in the old days: fork() for every client."""

import os
import signal
import socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 9128))
listener.listen()
while True:
    connection, address = listener.accept()
    if os.fork():
        connection.close()  # the child has it
        continue
    listener.close()
    try:
        while data := connection.recv(1000):
            connection.sendall(data)
    except ConnectionError:
        pass
    os._exit(0)
