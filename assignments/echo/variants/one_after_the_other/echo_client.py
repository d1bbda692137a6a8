"""An echo client that sees its connection as a file of lines."""

import socket
import sys

message = input("Enter a message to echo: ")
try:
    with socket.create_connection(("localhost", 9128)) as connection, connection.makefile("rwb") as wire:
        wire.write(message.encode() + b"\n")
        wire.flush()
        echo = wire.readline()
except OSError as error:
    sys.exit(f"{type(error).__name__}: no echo from port 9128")
if not echo.endswith(b"\n"):
    sys.exit("The server did not send the whole line back.")
print("Server echoed:", echo.decode(), end="")
