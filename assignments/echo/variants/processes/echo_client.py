"""An echo client that lets the system collect the pieces."""

import socket
import sys


def exchange(message: bytes) -> bytes:
    with socket.socket() as connection:
        connection.settimeout(8)
        connection.connect(("localhost", 9128))
        connection.sendall(message)
        echo = b""
        while len(echo) < len(message):  # with a timeout, MSG_WAITALL may still return early
            piece = connection.recv(len(message) - len(echo), socket.MSG_WAITALL)
            if not piece:
                raise EOFError("the connection is closed")
            echo += piece
        return echo


def main() -> int:
    match input("Enter a message to echo: "):
        case "":
            print("Nothing to echo.")
            return 0
        case text:
            try:
                print(f"» {exchange(text.encode()).decode()} «")
            except (OSError, EOFError) as problem:
                print(f"The server failed: {problem}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
