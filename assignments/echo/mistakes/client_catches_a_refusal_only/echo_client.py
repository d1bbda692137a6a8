"""An echo client: sends one line to the echo server and prints what comes back."""

import socket
import sys

ADDRESS = ("localhost", 9128)


def receive_exactly(connection, count):
    """Return the next `count` bytes; one recv() may bring only some of them."""
    received = b""
    while len(received) < count:
        data = connection.recv(count - len(received))
        if not data:
            raise EOFError(f"it hung up after {len(received)} of {count} bytes")
        received += data
    return received


def main():
    message = input("Enter a message to echo: ").encode()
    try:
        with socket.create_connection(ADDRESS) as connection:
            connection.sendall(message)
            echo = receive_exactly(connection, len(message))
    except (ConnectionRefusedError, EOFError) as error:
        sys.exit(f"The echo server does not answer: {error}")
    print("Server echoed:", echo.decode())


if __name__ == "__main__":
    main()
