"""An echo client that leaves it to recv() to wait until all has come."""

import socket
import sys

message = input("Enter a message to echo: ").encode()
try:
    with socket.create_connection(("localhost", 9128)) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        echo = connection.recv(1024, socket.MSG_WAITALL)
except OSError as error:
    sys.exit(f"The echo server does not answer: {error}")
if not echo:
    sys.exit("The echo server has hung up.")
print("Server echoed:", echo.decode(errors="replace"))
