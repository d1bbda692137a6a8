"""An echo client that looks every few milliseconds, for ten seconds at most."""

import socket
import time

message = input("Enter a message to echo: ").encode()
echo, end = b"", time.monotonic() + 10
try:
    with socket.create_connection(("localhost", 9128)) as connection:
        connection.sendall(message)
        connection.setblocking(False)
        while len(echo) < len(message) and time.monotonic() < end:
            try:
                piece = connection.recv(1000)
            except BlockingIOError:
                time.sleep(0.005)
                continue
            if not piece:
                break
            echo += piece
except OSError as error:
    print("That did not work:", error)
if len(echo) == len(message):
    print("Server echoed:", echo.decode())
else:
    print("There is no echo.")
