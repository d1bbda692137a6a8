"""Sends one line, half-closes, and reads until the server closes too."""
import socket
import sys


def main():
    try:
        server = socket.create_connection(("localhost", 9128))
    except OSError as problem:
        sys.exit(f"No echo server: {problem}")
    with server:
        message = (input("Enter a message to echo: ") + "\n").encode()
        echo = b""
        try:
            server.sendall(message)
            server.shutdown(socket.SHUT_WR)
            while piece := server.recv(1024):
                echo += piece
        except OSError as problem:
            sys.exit(f"The connection broke: {problem}")
    if echo != message:
        sys.exit(f"The server closed after {len(echo)} of {len(message)} bytes.")
    print("The server says:", echo.decode().rstrip("\n"))


main()
