"""An echo server: every byte that comes in goes back out, for as long as the client stays."""

import socket

ADDRESS = ("localhost", 9128)


def serve_client(connection):
    """Send back every byte that arrives on `connection` (a connected socket), until the client has left.

    Bytes need not be text, they need not end in a newline, and there can be more of them than one recv() brings.
    """
    # TODO: recv() in a loop; recv() returns b"" when the client has left.


def main():
    """Listen on ADDRESS and serve one client after another, for ever."""
    # TODO: make a listening socket, accept() in a loop, call serve_client(), close the connection.
    print("The echo server is not written yet.")


if __name__ == "__main__":
    main()
