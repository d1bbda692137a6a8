"""An echo client with a generator of bytes and lines that can be edited."""

import readline
import socket
import sys


def bytes_of(connection, count):
    for _ in range(count):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError("the end came too early")
        yield byte[0]


readline.set_history_length(10)
text = input("Enter a message to echo: ").encode()
try:
    with socket.create_connection(("localhost", 9128)) as connection:
        connection.sendall(text)
        print(bytes(bytes_of(connection, len(text))).decode())
except OSError as error:
    sys.exit(f"No echo: {error}")
