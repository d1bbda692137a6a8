"""An echo client: sends one line to the echo server and prints what comes back."""

import socket

ADDRESS = ("localhost", 9128)


def receive_exactly(connection, count):
    """Return the next `count` bytes from `connection` (a connected socket).

    Raise ConnectionError when the server closes the connection before that many have arrived.
    """
    # TODO: one recv() may bring only some of the bytes; go on until all are there.
    return b""


def main():
    """Ask for a message, send it, print its echo. When the server does not answer, say so."""
    # TODO: ask with the prompt "Enter a message to echo: ".
    # TODO: connect to ADDRESS, send the message as bytes, receive as many bytes, print them as text.
    # TODO: print a message of your own when there is no server or when it hangs up.
    print("The echo client is not written yet.")


if __name__ == "__main__":
    main()
